import type { Triples } from "./triple.ts"

/** Bytes at which decoding may begin to matter, and what must stand beside one. */
export interface MarkKind {
  readonly marks: string
  /** One of these right before it; `null` when it does not matter. */
  readonly before: string | null
  /** One of these right after it. */
  readonly after: string | Uint8Array
  /** What stands for itself in the two places before the mark and the three after it, where the mark then is nothing. */
  readonly plain: string | Uint8Array
}

export const wordBytes = 4

/** How much is held back at once, and how much more one word may add. */
const roomFor = 4_096
const perWord = wordBytes + 1

/** How many places the table has for each word: with fewer, many others would be taken for one. */
const sparseness = 64
/** A table of 16 KiB stays in the nearest cache of a processor, which counts for more than that it is sparse. */
const tableBits = { min: 14, usual: 17, max: 23 }

/**
 * Holds back the few words of four bytes that are worth a closer look: because they are looked for, or because a mark is
 * in them. Words stand at multiples of four, so that one is read at once, and what the sieve finds in one says nothing
 * of where it looks next: a processor takes several at a time.
 */
export class Sieve {
  /** By byte: of which kinds it may be a mark, stand before one, and stand after one, a bit each. */
  readonly #markOf = new Uint8Array(256)
  readonly #before = new Uint8Array(256)
  readonly #after = new Uint8Array(256)
  /** By byte: for which kinds it stands for itself beside a mark, a bit each. */
  readonly #plain = new Uint8Array(256)
  /** By two bytes in a row: what they say of marks, see {@link pairTable}. */
  readonly #pairs: Uint8Array
  /** A bit for each hash: whether a word has it that is looked for. */
  readonly #known: Int32Array
  readonly #shift: number
  readonly #triples: Triples
  /** What was held back: where words stand that are looked for or, now and then, have the hash of one. */
  readonly words = new Int32Array(roomFor)
  wordCount = 0
  /** And where marks stand, with the kinds that each is of, a bit for each. */
  readonly marks = new Int32Array(roomFor)
  readonly kinds = new Uint8Array(roomFor)
  markCount = 0
  #bytes = new Uint8Array(0)
  #room = new Int32Array(0)

  /**
   * @param looked words of four bytes, the first byte lowest.
   * @param kinds eight or fewer.
   * @param triples of all that a mark may stand in.
   */
  constructor(looked: ReadonlySet<number>, kinds: readonly MarkKind[], triples: Triples) {
    const bits = tableBitsFor(looked.size)
    this.#shift = 32 - bits
    this.#known = new Int32Array(2 ** bits / 32)
    for (const word of looked) {
      const hash = hashOf(word, this.#shift)
      this.#known[hash >>> 5] = (this.#known[hash >>> 5] ?? 0) | (1 << (hash & 31))
    }
    this.#triples = triples
    for (const [kind, { marks, before, after, plain }] of kinds.entries()) {
      add(this.#markOf, bytesOf(marks), 1 << kind)
      add(this.#before, bytesOf(before), 1 << kind)
      add(this.#after, bytesOf(after), 1 << kind)
      add(this.#plain, bytesOf(plain), 1 << kind)
    }
    this.#pairs = pairTable(kinds)
  }

  /** Two pieces as one, in room that is used again and again. There may be more of it. */
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

  /**
   * Holds back what is worth a look among the first `length` bytes of what was joined, in order. A loop without calls,
   * so that it is compiled once, and soon.
   *
   * @param from a multiple of {@link wordBytes}: where it begins.
   * @returns where to go on, because there is no room for more; `length` or more at the end.
   */
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
    for (let at = from; at < to; at++) {
      const marked = this.#markOf[bytes[at] as number] as number
      if (marked === 0) continue
      const before = at === 0 ? marked : (this.#before[bytes[at - 1] as number] as number)
      const kinds = marked & before & (this.#after[bytes[at + 1] as number] as number)
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
    const plain = this.#plain
    const before = (plain[o] as number) & (plain[p] as number)
    const after = (plain[a] as number) & (plain[b] as number) & (plain[c] as number)
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
    const [mark, next] = [bytesOf(marks), bytesOf(after)]
    const [group, left, right] = before === null ? [groupOf(next), mark, next] : [0, bytesOf(before), mark]
    add(lefts, left, 2 << group)
    add(rights, right, 2 << (groups + group))
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
  return Math.imul(word, 0x9e3779b1) >>> shift
}

/** No more than fit into the usual table, as long as it is still sparse. */
function tableBitsFor(words: number): number {
  const wanted = Math.ceil(Math.log2((words + 1) * sparseness))
  const needed = Math.ceil(Math.log2((words + 1) * 16))
  return Math.min(tableBits.max, Math.max(tableBits.min, needed, Math.min(wanted, tableBits.usual)))
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

function bytesOf(bytes: string | Uint8Array | null): Uint8Array {
  if (bytes === null) return everyByte
  return typeof bytes === "string" ? Buffer.from(bytes) : bytes
}

function add(table: Uint8Array, bytes: Uint8Array, bits: number): void {
  for (const byte of bytes) table[byte] = (table[byte] ?? 0) | bits
}
