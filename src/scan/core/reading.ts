import type { Decoder } from "./decoder.ts"
import type { MarkKind } from "./mark-kind.ts"
import { MarkTest, maxEscapeBytes } from "./mark-test.ts"
import { Matcher, type Pattern } from "./matcher.ts"
import type { Output } from "./output.ts"
import type { Triples } from "./triple.ts"

/** The longest stretch in which one value can be encoded. */
export const maxEncodedBytes = 8_192

/** What to look for in what a decoder yields. */
export interface Sought {
  readonly decoder: Decoder
  readonly patterns: readonly Pattern[]
  /** The texts that the patterns were cut from, decoded: where marks may be, inside a pattern and beside it. */
  readonly texts: readonly Uint8Array[]
}

/** One decoder, and what is looked for in what it yields. Only stretches that may hold it are decoded. */
export class Reading {
  readonly decoder: Decoder
  /** Of what is looked for, the shortest. */
  readonly shortest: number
  readonly #longest: number
  readonly #matcher: Matcher
  readonly #test: MarkTest
  /** How far from a mark the value that it is in may begin, when there is no other mark between. */
  readonly #reach: number
  /** By byte: whether it may stand in an encoded value. */
  readonly #members = new Uint8Array(256)
  /** The same between two marks. */
  readonly #text: Uint8Array
  /** What a number of the matcher is in the list of all that is looked for. */
  readonly #first: number
  readonly #seen = new Set<number>()

  /**
   * @param triples of all texts, of other decoders too: one table stays in a processor's cache.
   * @param first the place of the first pattern in the list of all that is looked for.
   */
  constructor({ decoder, patterns, texts }: Sought, triples: Triples, first: number) {
    this.decoder = decoder
    this.#matcher = new Matcher(patterns)
    this.#first = first
    this.shortest = patterns.reduce((min, { bytes }) => Math.min(min, bytes.length), Number.MAX_SAFE_INTEGER)
    this.#longest = patterns.reduce((max, { bytes }) => Math.max(max, bytes.length), 0)
    this.#reach = this.#longest + maxEscapeBytes
    for (const text of texts) for (const byte of text) this.#members[byte] = 1
    // All blanks are decoded alike.
    if (this.#members[0x20] === 1) for (const c of "\t\n\r") this.#members[c.charCodeAt(0)] = 1
    for (const c of decoder.syntax) this.#members[c.charCodeAt(0)] = 1
    this.#text = decoder.text === undefined ? this.#members : tableOf(decoder.text)
    this.#test = new MarkTest(decoder, triples, this.#members)
  }

  /** What must be found for this reading to matter. */
  get kinds(): MarkKind[] {
    const members = [...this.#members.keys()].filter((byte) => this.#members[byte] === 1)
    return this.decoder.marks.map(({ bytes, after, ...rest }) => ({
      ...rest,
      marks: bytes,
      after: after ?? Uint8Array.from(members),
    }))
  }

  /** Whether a value may be encoded around a mark. */
  matters(bytes: Uint8Array, mark: number, length: number, output: Output): boolean {
    return (
      !this.#test.isRuledOut(bytes, mark, length) &&
      this.#test.mayBeWithin(bytes, mark, length, output) &&
      this.decoder.matters(bytes, mark, length, this.shortest)
    )
  }

  /** Where a value may have begun that goes on at `end`, when no mark stands before `end`. */
  openStart(bytes: Uint8Array, end: number): number {
    return this.#start(bytes, end, this.#members)
  }

  #start(bytes: Uint8Array, end: number, members: Uint8Array): number {
    const lowest = Math.max(0, end - this.#reach)
    let start = end
    while (start > lowest && members[bytes[start - 1] as number] === 1) start--
    return start
  }

  /**
   * Decodes what stands around a mark, and looks at what that yields. No more than a few times the longest value is
   * decoded at once: where more is encoded, it has marks as well.
   */
  look(bytes: Uint8Array, mark: number, length: number, output: Output, found: Set<number>): Looked {
    const start = this.#start(bytes, this.decoder.textEnd?.(bytes, mark) ?? mark, this.#text)
    const end = Math.min(length, mark + maxLookedBytes)
    const room = mark - start + 3 * this.#reach
    output.reset(room - this.#reach, room)
    const half = this.decoder.decode(bytes, start, end, output, this.#members)
    output.most = room
    const stop = this.decoder.decode(bytes, half, end, output, this.#members)
    this.#matcher.look(output.bytes, output.size, this.#seen)
    const isFound = this.#seen.size > 0
    for (const at of this.#seen) found.add(this.#first + at)
    this.#seen.clear()
    return { start, end: endOfMarks(half, stop, end, output), isOpen: stop >= length, isFound }
  }
}

function tableOf(characters: string): Uint8Array {
  const members = new Uint8Array(256)
  for (const c of characters) members[c.charCodeAt(0)] = 1
  return members
}

/** What came of a look. */
export interface Looked {
  readonly start: number
  /** A value that begins before it was decoded to its end. */
  readonly end: number
  /** Whether a value may go on after the bytes at hand. */
  readonly isOpen: boolean
  readonly isFound: boolean
}

/** Three parts, the last of which may be the beginning of a value that is not decoded to its end. */
const maxLookedBytes = 3 * maxEncodedBytes

function endOfMarks(half: number, stop: number, end: number, output: Output): number {
  if (output.isFull) return half
  return stop < end ? stop : end
}
