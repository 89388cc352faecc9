import { EnvsealError } from "../../core/error.ts"
import { compressionOf, magicBytes } from "../../image/compression.ts"
import { Input } from "../../image/input.ts"
import { normalPath } from "../../image/normal-path.ts"
import { looksLikeTar, readTar, type TarMember } from "../../image/tar.ts"
import type { Log } from "../../ports/log.ts"
import type { Member, ScanTarget, ScanTargets } from "../../ports/scan-target.ts"
import { exposureOf } from "../core/exposure.ts"
import type { Found, Part, Sighting } from "../core/finding.ts"
import { type Inventory, mayBeDocument, mayBeLayer, readDocument } from "../core/image.ts"
import { jsonTexts, readJson } from "../core/json-text.ts"
import { FileSample, isDotenvByContent, type LayerFiles } from "../core/kept-files.ts"
import type { SearchSet } from "../core/search-set.ts"

/** The largest JSON file that is read as one; larger ones are searched as they are. */
const maxDocumentBytes = 16_777_216

const maxKept = 1_000
const tarHeadBytes = 512

/** Where a member stands: in the archive itself, or in a layer of it. */
type Blob = string | null

/** Looks through a target once, and keeps what it saw. Memory does not grow with the target. */
export class ImageSearch {
  readonly inventory: Inventory = {
    layers: new Set(),
    files: new Set(),
    links: new Map(),
    documents: new Map(),
  }
  /** The first finds; {@link seen} has how many there were. */
  readonly sightings: Sighting[] = []
  seen = 0
  files = 0
  /** Links and the like, whose names and targets were looked at. */
  links = 0
  bytes = 0
  readonly #name: string
  readonly #searchSet: SearchSet
  readonly #targets: ScanTargets
  readonly #log: Log
  readonly #kept: LayerFiles | null

  /** @param kept keeps what tells how an image starts; `null` where nobody asks. */
  constructor(
    name: string,
    searchSet: SearchSet,
    targets: ScanTargets,
    log: Log,
    kept: LayerFiles | null = null,
  ) {
    this.#kept = kept
    this.#name = name
    this.#searchSet = searchSet
    this.#targets = targets
    this.#log = log
  }

  async read(target: ScanTarget): Promise<void> {
    const members = target.type === "folder" ? target.members : await this.#archive(target.chunks)
    for await (const member of members) await this.#outer(member)
  }

  async #archive(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Member>> {
    const input = await this.#plain(new Input(chunks))
    const head = await input.peek(tarHeadBytes)
    if (looksLikeTar(head)) return readTar(input, this.#name)
    const what = head.length === 0 ? "is empty" : "is no tar"
    throw new EnvsealError("IMAGE_MALFORMED", `${this.#name} ${what}`, {
      hint: "give what docker save writes, an OCI layout, a tar, or a folder",
    })
  }

  async #plain(input: Input): Promise<Input> {
    const compression = compressionOf(await input.peek(magicBytes))
    return compression === null ? input : new Input(this.#targets.decompress(input, compression))
  }

  /** A member of the archive or the folder that was given: a layer, a document, or a plain file. */
  async #outer(member: Member): Promise<void> {
    const path = normalPath(member.path)
    const layer = mayBeLayer(path)
    if (!layer && !mayBeDocument(path)) return this.#member(member, null)
    this.#names(member, null)
    if (member.type === "symlink") this.inventory.links.set(path, normalPath(`${path}/../${member.link}`))
    if (member.type === "link") this.inventory.links.set(path, normalPath(member.link))
    if (member.type !== "file") return
    this.inventory.files.add(path)
    const packed = new Input(member.content)
    const input = layer ? await this.#plain(packed) : packed
    if (layer && looksLikeTar(await input.peek(tarHeadBytes))) await this.#layer(path, input)
    else await this.#document(path, input)
    // A decompressor may stop before the end, and the tar around goes on only after it.
    await packed.drain()
  }

  async #layer(path: string, input: Input): Promise<void> {
    this.#log.debug(`searching the layer ${path}`)
    for await (const member of readTar(input, `the layer ${path}`)) await this.#member(member, path)
    this.inventory.layers.add(path)
  }

  async #member(member: Member | TarMember, blob: Blob): Promise<void> {
    this.#names(member, blob)
    const { type, path } = member
    const place = { blob, path, part: "content", field: null } as const
    const what = exposureOf(path)
    if (type === "file") {
      this.files++
      const sample = this.#kept === null ? null : new FileSample(path)
      const { found, size } = await this.#content(new Input(member.content), sample)
      this.#keep(found, place)
      const seen = what ?? (sample !== null && isDotenvByContent(path, sample) ? "a plain .env" : null)
      if (seen !== null && size > 0) this.#keep([{ type: "exposure", what: seen }], place)
      if (blob !== null && sample !== null && "mode" in member) {
        this.#kept?.add(blob, path, { sample, mode: member.mode, uid: member.uid })
      }
    } else if (type === "link" && what !== null) this.#keep([{ type: "exposure", what }], place)
  }

  #names({ type, path, link, texts }: Member, blob: Blob): void {
    if (type !== "file" && type !== "folder") this.links++
    if (blob !== null && (type === "symlink" || type === "link")) {
      this.#kept?.add(blob, path, { to: type === "link" ? `/${link}` : link })
    }
    this.#look(path, blob, path, "path")
    this.#look(link, blob, path, "link")
    this.#look(texts.join("\n"), blob, path, "attributes")
  }

  /** Looks at a file as it is, and if it is compressed, at what it holds too. */
  async #content(input: Input, sample: FileSample | null): Promise<{ found: Found[]; size: number }> {
    const found = new Set<number>()
    const raw = this.#searchSet.search(found)
    const before = this.bytes
    const compression = compressionOf(await input.peek(magicBytes))
    const read = (chunk: Uint8Array) => {
      this.bytes += chunk.length
      raw.write(chunk)
      sample?.write(chunk)
    }
    if (compression !== null) {
      const unpacked = this.#searchSet.search(found)
      try {
        for await (const chunk of this.#targets.decompress(tapped(input, read), compression))
          unpacked.write(chunk)
      } catch (error) {
        // It may only look compressed. A failure of the target itself comes again below.
        if (!(error instanceof EnvsealError) || error.code !== "IMAGE_MALFORMED") throw error
        this.#log.debug("a file that begins as if compressed does not decompress")
      }
    }
    for (let chunk = await input.next(); chunk !== null; chunk = await input.next(true)) read(chunk)
    return { found: this.#searchSet.describe(found), size: this.bytes - before }
  }

  /** A file of the archive itself that may be JSON: its strings are looked at decoded too, each by itself. */
  async #document(path: string, input: Input): Promise<void> {
    this.files++
    const raw = this.#searchSet.search()
    let kept: Uint8Array[] | null = []
    let size = 0
    for (let chunk = await input.next(); chunk !== null; chunk = await input.next()) {
      raw.write(chunk)
      size += chunk.length
      kept = size > maxDocumentBytes ? null : kept
      kept?.push(chunk)
    }
    this.bytes += size
    const json = kept === null ? undefined : readJson(Buffer.concat(kept).toString())
    const named = this.#fields(path, json)
    const document = readDocument(json)
    if (document !== null) this.inventory.documents.set(path, document)
    const rest = this.#searchSet.describe(raw.found).filter((one) => !named.has(keyOf(one)))
    this.#keep(rest, { blob: path, path: null, part: "content", field: null })
  }

  /** @returns what was found, so that it is not told again without its field. */
  #fields(blob: string, json: unknown): Set<string> {
    const named = new Set<string>()
    for (const { field, text } of jsonTexts(json)) {
      for (const found of this.#searchSet.lookAt(Buffer.from(text))) {
        named.add(keyOf(found))
        this.#keep([found], { blob, path: null, part: "content", field })
      }
    }
    return named
  }

  #look(text: string, blob: Blob, path: string, part: Part): void {
    if (text !== "") this.#keep(this.#searchSet.lookAt(Buffer.from(text)), { blob, path, part, field: null })
  }

  #keep(all: readonly Found[], place: Omit<Sighting, "found">): void {
    for (const found of all) {
      this.seen++
      if (this.sightings.length < maxKept) this.sightings.push({ found, ...place })
    }
  }
}

/** The same bytes, each piece seen by `read` when it is taken. */
function tapped(input: Input, read: (chunk: Uint8Array) => void): AsyncIterable<Uint8Array> {
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    const value = await input.next()
    if (value === null) return { done: true, value: undefined }
    read(value)
    return { done: false, value }
  }
  return { [Symbol.asyncIterator]: () => ({ next }) }
}

function keyOf(found: Found): string {
  return found.type === "value" ? `value ${found.name}` : `${found.type} ${found.what}`
}
