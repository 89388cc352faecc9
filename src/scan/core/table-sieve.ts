import { addBits, byteSet, type MarkKind, MarkTables } from "./mark-kind.ts"
import type { Sieve } from "./sieve.ts"
import type { Triples } from "./triple.ts"
import { WordTable, wordBytes, wordFactors } from "./word-table.ts"

/** How much is held back at once, and how much more one word may add. */
const roomFor = 4_096
const perWord = wordBytes + 1

/** The sieve for where there are no vectors: it looks each half of a word up in a table of pairs. */
export class TableSieve implements Sieve {
  readonly #tables: MarkTables
  /** By two bytes in a row: what they say of marks, see {@link pairTable}. */
  readonly #pairs: Uint8Array
  readonly #known: Int32Array
  readonly #shift: number
  readonly #triples: Triples
  readonly words = new Int32Array(roomFor)
  wordCount = 0
  readonly marks = new Int32Array(roomFor)
  readonly kinds = new Uint8Array(roomFor)
  markCount = 0
  #bytes = new Uint8Array(0)
  #room = new Int32Array(0)

  constructor(looked: ReadonlySet<number>, kinds: readonly MarkKind[], triples: Triples) {
    const { bits, shift } = new WordTable(looked)
    this.#known = bits
    this.#shift = shift
    this.#triples = triples
    this.#tables = new MarkTables(kinds)
    this.#pairs = pairTable(kinds)
  }

  join(first: Uint8Array, second: Uint8Array): Uint8Array {
    const length = first.length + second.length
    const words = Math.ceil(length / wordBytes) + 1
    if (this.#room.length < words) {
      this.#room = new Int32Array(2 * words)
      this.#bytes = new Uint8Array(this.#room.buffer)
    }
    this.#bytes.set(first)
    this.#bytes.set(second, first.length)
    this.#bytes.fill(0, length, words * wordBytes)
    return this.#bytes
  }

  /** A loop without calls, so that it is compiled once, and soon. */
  sift(from: number, length: number): number {
    this.wordCount = 0
    this.markCount = 0
    const end = Math.ceil(length / wordBytes)
    let told = from === 0 ? 0 : from - 1
    for (let at = from / wordBytes; ; at++) {
      at = nextWord(this.#room, at, end, this.#known, this.#shift, this.#pairs)
      if (at >= end) return length
      if (this.wordCount === roomFor || this.markCount > roomFor - perWord) return at * wordBytes
      const place = at * wordBytes
      if (isKnown(this.#known, hashOf(this.#room[at] as number, this.#shift)) === 1)
        this.words[this.wordCount++] = place
      // A mark may be the last byte of the word before.
      this.#holdMarks(place - 1 < told ? place : place - 1, place + wordBytes, length)
      told = place + wordBytes
    }
  }

  #holdMarks(from: number, to: number, length: number): void {
    const bytes = this.#bytes
    const { marks, before: befores, after } = this.#tables
    for (let at = from; at < to; at++) {
      const marked = marks[bytes[at] as number] as number
      if (marked === 0) continue
      const before = at === 0 ? marked : (befores[bytes[at - 1] as number] as number)
      const kinds = marked & before & (after[bytes[at + 1] as number] as number)
      if (kinds === 0 || this.#isRuledOut(at, kinds, length)) continue
      this.kinds[this.markCount] = kinds
      this.marks[this.markCount++] = at
    }
  }

  /** Whether the mark stands between bytes that never follow one another. Nearly all marks do. */
  #isRuledOut(at: number, kinds: number, length: number): boolean {
    if (at < 2 || at + 3 >= length) return false
    const bytes = this.#bytes
    const o = bytes[at - 2] as number
    const p = bytes[at - 1] as number
    const a = bytes[at + 1] as number
    const b = bytes[at + 2] as number
    const c = bytes[at + 3] as number
    const { plain, lone } = this.#tables
    const before = (plain[o] as number) & (plain[p] as number)
    const after = (lone[a] as number) & (plain[b] as number) & (plain[c] as number)
    return (kinds & before & after) === kinds && !this.#triples.follow(o, p, a, b, c)
  }
}

/** The next word that is worth a look; `end` when there is none. Small to be fast, and the casts spare checks. */
function nextWord(
  words: Int32Array,
  from: number,
  end: number,
  known: Int32Array,
  shift: number,
  pairs: Uint8Array,
): number {
  let before = from === 0 ? anyLeft : (pairs[(words[from - 1] as number) >>> 16] as number)
  for (let at = from; at < end; at++) {
    const word = words[at] as number
    const first = pairs[word & 0xffff] as number
    const second = pairs[word >>> 16] as number
    const across = ((before & (first >> groups)) | (first & (second >> groups))) & anyLeft
    if ((isKnown(known, hashOf(word, shift)) | ((first | second) & isMarked) | across) !== 0) return at
    before = second
  }
  return end
}

/** A mark and its neighbour are one of these pairs, whichever says more: a left byte, and a right one. */
const groups = 3
const isMarked = 1
const anyLeft = 0b1110

/**
 * By two bytes in a row: the lowest bit when they are a mark with its neighbour; then, a bit for each group, whether the
 * second byte may be the left one of such a pair; then whether the first byte may be the right one.
 */
function pairTable(kinds: readonly MarkKind[]): Uint8Array {
  const table = new Uint8Array(65_536)
  const lefts = new Uint8Array(256)
  const rights = new Uint8Array(256)
  for (const { marks, before, after } of kinds) {
    const [mark, next] = [byteSet(marks), byteSet(after)]
    const [group, left, right] = before === null ? [groupOf(next), mark, next] : [0, byteSet(before), mark]
    addBits(lefts, left, 2 << group)
    addBits(rights, right, 2 << (groups + group))
  }
  // Few second bytes differ in what they say.
  const rows = new Map<number, Uint8Array>()
  for (const [second, left] of lefts.entries()) {
    const right = (rights[second] ?? 0) >> groups
    const key = left | (right << 8)
    const row = rows.get(key) ?? pairRow(lefts, rights, left, right)
    rows.set(key, row)
    table.set(row, second << 8)
  }
  return table
}

/** By first byte, for second bytes of which the left and the right bits are these. */
function pairRow(lefts: Uint8Array, rights: Uint8Array, left: number, right: number): Uint8Array {
  return rights.map((own, first) => own | left | (((lefts[first] ?? 0) & right) === 0 ? 0 : isMarked))
}

/** Kinds that say much and kinds that say little are kept apart. */
function groupOf(next: Uint8Array): number {
  return next.length < 8 ? 1 : 2
}

function isKnown(known: Int32Array, hash: number): number {
  return ((known[hash >>> 5] as number) >>> hash) & 1
}

function hashOf(word: number, shift: number): number {
  return Math.imul(word, wordFactors.first) >>> shift
}
