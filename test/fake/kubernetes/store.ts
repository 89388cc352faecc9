import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { alreadyExists, expired } from "./api-error.ts"
import { type Clock, timestamp } from "./clock.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import type { Draft, Stored } from "./object.ts"
import { resourceNamed } from "./resources.ts"

/** One change of one object. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED"
  readonly resource: ResourceName
  readonly revision: number
  /** As it is after the change; of one that was deleted, as it was last, with the revision of the deletion. */
  readonly object: Stored
  readonly before: Stored | null
}

/** Where an object is. The namespace is empty for what has none. */
export interface Place<R extends ResourceName = ResourceName> {
  readonly resource: R
  readonly namespace: string
  readonly name: string
}

const historyLimit = 50_000

/** What the cluster holds, with one revision that grows with every change, and the changes so far. */
export class Store {
  readonly #clock: Clock
  readonly #objects = new Map<string, Stored>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #untold: Change[] = []
  #history: Change[] = []
  #revision = 1000
  #forgotten = 1000

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get revision(): number {
    return this.#revision
  }

  /** @returns `null` when there is none. */
  get<R extends ResourceName>(place: Place<R>): Kinds[R] | null {
    return (this.#objects.get(keyOf(place)) as Kinds[R] | undefined) ?? null
  }

  /** In the order of namespace and name. Without a namespace, those of all. */
  list<R extends ResourceName>(resource: R, namespace?: string): Kinds[R][] {
    return listIn(this.#objects, resource, namespace)
  }

  /** The objects as they were at a revision. @throws ApiError 410 when that is forgotten. */
  listAt<R extends ResourceName>(revision: number, resource: R, namespace?: string): Kinds[R][] {
    const objects = new Map(this.#objects)
    for (const { object, before, resource: changed } of this.since(revision).reverse()) {
      const key = keyOf(placeOf(changed, object))
      if (before === null) objects.delete(key)
      else objects.set(key, before)
    }
    return listIn(objects, resource, namespace)
  }

  /** The changes after a revision. @throws ApiError 410 when some of them are forgotten. */
  since(revision: number): Change[] {
    if (revision < this.#forgotten) {
      throw expired(`too old resource version: ${revision} (${this.#forgotten})`)
    }
    return this.#history.filter((change) => change.revision > revision)
  }

  /** @throws ApiError 409 when there is already one of that name. */
  create<R extends ResourceName>(resource: R, draft: Draft<Kinds[R]>): Kinds[R] {
    const now = timestamp(this.#clock.now())
    const { group, plural, kind } = resourceNamed(resource)
    const metadata = { uid: randomUUID(), creationTimestamp: now, ...draft.metadata }
    const place = { resource, namespace: metadata.namespace ?? "", name: metadata.name }
    if (this.#objects.has(keyOf(place))) throw alreadyExists({ group, plural, kind, name: place.name })
    const object = { ...draft, metadata } as unknown as Kinds[R]
    return this.#commit("ADDED", resource, object, null)
  }

  /** Puts an object in the place of the one of its name. One that is the same changes nothing. */
  replace<R extends ResourceName>(resource: R, object: Kinds[R]): Kinds[R] {
    const before = this.get(placeOf(resource, object))
    if (before === null) throw new Error(`${resource} ${object.metadata.name} is gone`)
    const same = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: before.metadata.resourceVersion },
    }
    if (isDeepStrictEqual(same, before)) return before
    return this.#commit("MODIFIED", resource, object, before)
  }

  /** Changes the object when it is still there. @returns `null` when it is not. */
  update<R extends ResourceName>(place: Place<R>, change: (object: Kinds[R]) => Kinds[R]): Kinds[R] | null {
    const object = this.get(place)
    return object === null ? null : this.replace(place.resource, change(object))
  }

  /** Nothing happens when it is gone. */
  remove(place: Place): void {
    const before = this.get(place)
    if (before !== null) this.#commit("DELETED", place.resource, before, before)
  }

  /** Forgets the changes so far, as a server does that was restarted. */
  forget(): void {
    this.#history = []
    this.#forgotten = this.#revision
  }

  /** Calls it at once after each change. @returns what ends that. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #commit<R extends ResourceName>(
    type: Change["type"],
    resource: R,
    next: Kinds[R],
    before: Stored | null,
  ): Kinds[R] {
    this.#revision += 1
    const metadata = { ...next.metadata, resourceVersion: String(this.#revision) }
    const object = { ...next, metadata }
    const key = keyOf(placeOf(resource, object))
    if (type === "DELETED") this.#objects.delete(key)
    else this.#objects.set(key, object)
    this.#remember({ type, resource, revision: this.#revision, object, before })
    return object
  }

  #remember(change: Change): void {
    this.#history.push(change)
    if (this.#history.length > historyLimit) {
      const dropped = this.#history.splice(0, historyLimit / 2)
      this.#forgotten = dropped.at(-1)?.revision ?? this.#forgotten
    }
    this.#untold.push(change)
    if (this.#untold.length === 1) this.#tell()
  }

  // A listener may change objects itself. The others must still see all changes in their order.
  #tell(): void {
    for (let change = this.#untold[0]; change !== undefined; change = this.#untold[0]) {
      for (const listener of [...this.#listeners]) listener(change)
      this.#untold.shift()
    }
  }
}

export function placeOf<R extends ResourceName>(resource: R, { metadata }: Stored): Place<R> {
  return { resource, namespace: metadata.namespace ?? "", name: metadata.name }
}

function keyOf({ resource, namespace, name }: Place): string {
  return `${resource}/${namespace}/${name}`
}

function listIn<R extends ResourceName>(
  objects: ReadonlyMap<string, Stored>,
  resource: R,
  namespace: string | undefined,
): Kinds[R][] {
  const prefix = namespace === undefined ? `${resource}/` : `${resource}/${namespace}/`
  const found = [...objects].filter(([key]) => key.startsWith(prefix))
  return found.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object as Kinds[R])
}
