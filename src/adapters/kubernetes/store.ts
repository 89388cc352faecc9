import { type Resource, type WatchedKind, withKind } from "./resource.ts"
import type { WatchEvent } from "./watch-event.ts"

/** All objects of one kind, in one namespace or in all, as far as a list and its watch have told. */
export class Store {
  readonly #kind: Resource["kind"]
  #objects = new Map<string, WatchedKind>()
  #version: string | null = null

  constructor(kind: Resource["kind"]) {
    this.#kind = kind
  }

  /** From where a watch goes on; `null` when everything has to be listed again. */
  get version(): string | null {
    return this.#version
  }

  get objects(): readonly WatchedKind[] {
    return [...this.#objects.values()]
  }

  replace(objects: readonly WatchedKind[], version: string): void {
    this.#objects = new Map(objects.map((object) => [keyOf(object), withKind(object, this.#kind)]))
    this.#version = version
  }

  /** @returns whether any object is another one than before. */
  apply(event: WatchEvent): boolean {
    if (event.type === "bookmark") {
      this.#version = event.resourceVersion
      return false
    }
    const { object } = event
    this.#version = object.metadata.resourceVersion
    if (event.type === "deleted") return this.#objects.delete(keyOf(object))
    this.#objects.set(keyOf(object), withKind(object, this.#kind))
    return true
  }

  /** The server does not know the version any more. What is here stays until the next list. */
  forgetVersion(): void {
    this.#version = null
  }
}

/** Neither a namespace nor a name has a slash. */
function keyOf({ metadata: { namespace = "", name } }: WatchedKind): string {
  return `${namespace}/${name}`
}
