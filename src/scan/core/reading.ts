import type { Decoder, Stretch } from "./decoder.ts"
import type { MarkKind } from "./mark-finder.ts"
import { Matcher, type Pattern } from "./matcher.ts"
import type { Output } from "./output.ts"

/** What a mark begins is never longer. */
const maxEscapeBytes = 80

/** One decoder, and what is looked for in what it yields. Only stretches that may hold it are decoded. */
export class Reading {
  readonly decoder: Decoder
  /** Of what is looked for, the shortest. */
  readonly shortest: number
  readonly #matcher: Matcher
  /** How far from a mark the value that it is in may begin or end, when there is no other mark between. */
  readonly #reach: number
  /** By byte: whether it may stand in an encoded value. */
  readonly #members = new Uint8Array(256)
  readonly #marks = new Uint8Array(256)
  /** What a number of the matcher is in the list of all that is looked for. */
  readonly #first: number
  readonly #seen = new Set<number>()

  /** @param first the place of the first pattern in the list of all that is looked for. */
  constructor(decoder: Decoder, patterns: readonly Pattern[], first: number) {
    this.decoder = decoder
    this.#matcher = new Matcher(patterns)
    this.#first = first
    this.shortest = patterns.reduce((min, { bytes }) => Math.min(min, bytes.length), Number.MAX_SAFE_INTEGER)
    const longest = patterns.reduce((max, { bytes }) => Math.max(max, bytes.length), 0)
    this.#reach = longest + maxEscapeBytes
    for (const { bytes } of patterns) for (const byte of bytes) this.#members[byte] = 1
    // All blanks are decoded alike.
    if (this.#members[0x20] === 1) for (const c of "\t\n\r") this.#members[c.charCodeAt(0)] = 1
    for (const c of decoder.syntax) this.#members[c.charCodeAt(0)] = 1
    for (const { bytes } of decoder.marks) for (const c of bytes) this.#marks[c.charCodeAt(0)] = 1
  }

  /** What must be found for this reading to matter. */
  get kinds(): MarkKind[] {
    const members = [...this.#members.keys()].filter((byte) => this.#members[byte] === 1)
    return this.decoder.marks.map(({ bytes, before, after }) => ({
      marks: bytes,
      before,
      after: after ?? Uint8Array.from(members),
    }))
  }

  /**
   * The bytes around a mark that may belong to a value that is encoded there: they end where a byte cannot, or
   * where no other mark is near enough.
   */
  around(bytes: Uint8Array, mark: number, length: number): Stretch {
    if (this.decoder.around !== undefined) return this.decoder.around(bytes, mark, length, this.#reach)
    const start = this.openStart(bytes, mark)
    let end = mark + 1
    for (let last = mark; end < length && end - last <= this.#reach; end++) {
      const byte = bytes[end] as number
      if (this.#members[byte] !== 1) break
      if (this.#marks[byte] === 1) last = end
    }
    return { start, end }
  }

  /** Where a value may have begun that goes on at `end`, when no mark stands before `end`. */
  openStart(bytes: Uint8Array, end: number): number {
    const lowest = Math.max(0, end - this.#reach)
    let start = end
    while (start > lowest && this.#members[bytes[start - 1] as number] === 1) start--
    return start
  }

  /** Decodes a stretch, and looks at what it yields. */
  look(bytes: Uint8Array, { start, end }: Stretch, output: Output, found: Set<number>): boolean {
    if (end - start <= this.shortest) return false
    output.reset(end - start)
    this.decoder.decode(bytes, start, end, output)
    this.#matcher.look(output.bytes, output.size, this.#seen)
    if (this.#seen.size === 0) return false
    for (const at of this.#seen) found.add(this.#first + at)
    this.#seen.clear()
    return true
  }
}
