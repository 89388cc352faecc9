/** Bytes at which decoding may begin to matter, and what must stand beside one. */
export interface MarkKind {
  readonly marks: string
  /** One of these right before it; `null` when it does not matter. */
  readonly before: string | null
  /** One of these right after it. */
  readonly after: string | Uint8Array
}

const wordBytes = 4

/** Finds marks in bytes, a pair of neighbours at a time: they are rare, and to look at each byte by itself takes longer. */
export class MarkFinder {
  /** By byte: of which kinds it may stand before and after a mark, a bit each. */
  readonly #before = new Uint8Array(256)
  readonly #after = new Uint8Array(256)
  /** By two bytes in a row: of which kinds there may be a mark. */
  readonly #pairs = new Uint8Array(65_536)
  /** The kinds whose mark is the first byte of its pair; of the others it is the second. */
  readonly #first: number
  #bytes = new Uint8Array(0)
  #words = new Uint32Array(0)

  /** @param kinds eight or fewer. */
  constructor(kinds: readonly MarkKind[]) {
    let first = 0
    for (const [at, { marks, before, after }] of kinds.entries()) {
      const [mark, left, right] = [Buffer.from(marks), bytesOf(before), bytesOf(after)]
      add(this.#before, at, left)
      add(this.#after, at, right)
      // The neighbour that says more: fewer bytes can be it.
      const isFirst = right.length < left.length
      if (isFirst) first |= 1 << at
      this.#addPairs(at, isFirst ? mark : left, isFirst ? right : mark)
    }
    this.#first = first
  }

  #addPairs(kind: number, firsts: Uint8Array, seconds: Uint8Array): void {
    for (const first of firsts) {
      for (const second of seconds) {
        const pair = first | (second << 8)
        this.#pairs[pair] = (this.#pairs[pair] ?? 0) | (1 << kind)
      }
    }
  }

  /** Two pieces as one, in room that is used again and again. There may be more of it. */
  join(first: Uint8Array, second: Uint8Array): Uint8Array {
    const length = first.length + second.length
    const words = Math.ceil(length / wordBytes) + 1
    if (this.#words.length < words) {
      this.#words = new Uint32Array(2 * words)
      this.#bytes = new Uint8Array(this.#words.buffer)
    }
    this.#bytes.set(first)
    this.#bytes.set(second, first.length)
    this.#bytes.fill(0, length, words * wordBytes)
    return this.#bytes
  }

  /** Tells each mark among the first `length` bytes of what was joined, in order, with kinds that it is of. */
  find(length: number, tell: (at: number, kinds: number) => void): void {
    const words = Math.ceil(length / wordBytes)
    for (let word = 0; ; word++) {
      word = nextWord(this.#words, word, words, this.#pairs)
      if (word >= words) return
      this.#tell(word, tell)
    }
  }

  #tell(word: number, tell: (at: number, kinds: number) => void): void {
    const bytes = this.#bytes
    for (let at = word * wordBytes; at < (word + 1) * wordBytes; at++) {
      const second = bytes[at + 1] as number
      const kinds = this.#pairs[(bytes[at] as number) | (second << 8)] as number
      if (kinds === 0) continue
      const before = at === 0 ? kinds : (this.#before[bytes[at - 1] as number] as number)
      const here = kinds & this.#first & before
      if (here !== 0) tell(at, here)
      const next = kinds & ~this.#first & (this.#after[bytes[at + 2] as number] as number)
      if (next !== 0) tell(at + 1, next)
    }
  }
}

/** The next word in which, or right after which, there may be a mark; `end` when there is none. Small to be fast. */
function nextWord(words: Uint32Array, from: number, end: number, pairs: Uint8Array): number {
  // The casts spare a check for each byte; the loop stays within the bounds.
  let word = words[from] as number
  for (let at = from; at < end; at++) {
    const next = words[at + 1] as number
    const inner = (pairs[word & 0xffff] as number) | (pairs[(word >>> 8) & 0xffff] as number)
    const outer = (pairs[word >>> 16] as number) | (pairs[(word >>> 24) | ((next & 0xff) << 8)] as number)
    if ((inner | outer) !== 0) return at
    word = next
  }
  return end
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

function bytesOf(bytes: string | Uint8Array | null): Uint8Array {
  if (bytes === null) return everyByte
  return typeof bytes === "string" ? Buffer.from(bytes) : bytes
}

function add(table: Uint8Array, kind: number, bytes: Uint8Array): void {
  for (const byte of bytes) table[byte] = (table[byte] ?? 0) | (1 << kind)
}
