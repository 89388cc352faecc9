import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from "yaml"
import type { Place } from "../../config/node.ts"
import { explainSyntax, placeCounter } from "../../config/yaml-syntax.ts"
import { podSteps, type WorkloadRef, workloadKinds } from "../../core/workload.ts"

/** A container of a workload in a text of manifests, and where its image stands or would stand. */
export interface ImagePlace {
  readonly workload: WorkloadRef
  /** `null` when the manifest leaves it to the person who applies it. */
  readonly namespace: string | null
  readonly container: string
  /** As it is written; `null` for none. */
  readonly image: string | null
  /** Of the image, or else of its container. */
  readonly place: Place
  readonly splice: Splice
}

/** What of a text makes room for an image. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly before: string
  readonly after: string
  /** Whether it stands among brackets, where it must be in quotes. */
  readonly quoted: boolean
}

export type ImagePlaces =
  | { readonly places: readonly ImagePlace[]; readonly fault: null }
  | { readonly places: null; readonly fault: { readonly place: Place; readonly reason: string } }

/**
 * The containers of the workloads in a text of YAML or JSON, of one document or several, lists of objects among them.
 * The text stays what it is: only where an image is put is learned.
 */
export function imagePlacesIn(text: string): ImagePlaces {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  })
  const placeAt = placeCounter(lines)
  const places: ImagePlace[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors
    if (error !== undefined) {
      const { offset, reason } = explainSyntax(error, document, text)
      return { places: null, fault: { place: placeAt(offset), reason } }
    }
    places.push(...new PlaceFinder(document, text, placeAt).find())
  }
  return { places, fault: null }
}

/** The text with images where they belong. Where two places are one, as by an anchor, the first image counts. */
export function withImages(
  text: string,
  images: readonly { readonly splice: Splice; readonly image: string }[],
): string {
  const byStart = new Map(images.toReversed().map((one) => [one.splice.start, one]))
  return [...byStart.values()]
    .toSorted((one, other) => other.splice.start - one.splice.start)
    .reduce((whole, { splice: { start, end, before, after, quoted }, image }) => {
      const written = quoted ? JSON.stringify(image) : image
      return whole.slice(0, start) + before + written + after + whole.slice(end)
    }, text)
}

const maxNesting = 16

class PlaceFinder {
  readonly #document: Document.Parsed
  readonly #text: string
  readonly #placeAt: (offset: number) => Place

  constructor(document: Document.Parsed, text: string, placeAt: (offset: number) => Place) {
    this.#document = document
    this.#text = text
    this.#placeAt = placeAt
  }

  find(): readonly ImagePlace[] {
    return this.#inObject(this.#document.contents, 0)
  }

  #inObject(node: unknown, depth: number): readonly ImagePlace[] {
    const object = this.#resolve(node)
    if (!isMap(object) || depth > maxNesting) return []
    const items = this.#resolve(this.#member(object, "items"))
    if (isSeq(items)) return items.items.flatMap((item) => this.#inObject(item, depth + 1))
    const kind = workloadKinds.find((one) => one === this.#textAt(object, ["kind"]))
    const name = this.#textAt(object, ["metadata", "name"])
    if (kind === undefined || name === null) return []
    const pod = this.#at(object, podSteps(kind))
    const namespace = this.#textAt(object, ["metadata", "namespace"])
    return ["containers", "initContainers"].flatMap((list) => {
      const containers = this.#resolve(isMap(pod) ? this.#member(pod, list) : null)
      if (!isSeq(containers)) return []
      return containers.items.flatMap((item) => {
        const container = this.#resolve(item)
        if (!isMap(container)) return []
        return this.#inContainer(container, { workload: { kind, name }, namespace })
      })
    })
  }

  #inContainer(container: YAMLMap, owner: Pick<ImagePlace, "workload" | "namespace">): readonly ImagePlace[] {
    const name = this.#textAt(container, ["name"])
    if (name === null) return []
    const own = pairOf(container, "image")
    const written = this.#textAt(container, ["image"])
    const image = written === "" ? null : written
    const splice = own === undefined ? this.#insertion(container) : this.#replacement(own, container)
    if (splice === null) return []
    const place = this.#placeAt(own === undefined ? startOf(container) : startOf(own.key))
    return [{ ...owner, container: name, image, place, splice }]
  }

  /** As the first member of the container. */
  #insertion(container: YAMLMap): Splice | null {
    if (container.flow === true) {
      const at = startOf(container) + 1
      return { start: at, end: at, before: ' "image": ', after: ",", quoted: true }
    }
    const [first] = container.items
    if (first === undefined) return null
    const at = startOf(first.key)
    const line = this.#text.lastIndexOf("\n", at - 1) + 1
    const newline = this.#text.includes("\r\n") ? "\r\n" : "\n"
    return {
      ...{ start: at, end: at, before: "image: ", quoted: false },
      after: newline + " ".repeat(at - line),
    }
  }

  /** In the place of what is there, which may be nothing. */
  #replacement({ key, value }: Pair, { flow = false }: YAMLMap): Splice {
    const node = value as Node | null
    const range = node?.range ?? null
    const isWritten = range !== null && range[1] > range[0]
    const start = isWritten ? range[0] : colonAfter(this.#text, endOf(key))
    const end = isWritten ? range[1] : start
    return { start, end, before: isWritten ? "" : " ", after: "", quoted: flow }
  }

  /** What an alias stands for. */
  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node
  }

  #at(object: unknown, steps: readonly string[]): unknown {
    return steps.reduce((node, step) => {
      const map = this.#resolve(node)
      return isMap(map) ? this.#member(map, step) : null
    }, this.#resolve(object))
  }

  #textAt(object: unknown, steps: readonly string[]): string | null {
    const node = this.#resolve(this.#at(object, steps))
    return isScalar(node) && typeof node.value === "string" ? node.value : null
  }

  /** A member of the map's own, or else of what is merged into it by `<<`. */
  #member(map: YAMLMap, name: string, depth = 0): unknown {
    const own = pairOf(map, name)
    if (own !== undefined || depth > maxNesting) return this.#resolve(own?.value)
    const merged = this.#resolve(pairOf(map, "<<")?.value)
    for (const one of isSeq(merged) ? merged.items : [merged]) {
      const from = this.#resolve(one)
      const found = isMap(from) ? this.#member(from, name, depth + 1) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name)
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

function endOf(node: unknown): number {
  return (node as Node | null)?.range?.[1] ?? 0
}

/** Right after the colon that follows a key. */
function colonAfter(text: string, offset: number): number {
  return text.indexOf(":", offset) + 1
}
