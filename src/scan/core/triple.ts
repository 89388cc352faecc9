/** How many places a table has for each triple: with fewer, others would be taken for one. */
const sparseness = 256
/** A table of 32 KiB stays in the nearest cache of a processor. */
const tableBits = { min: 10, max: 18 }

/** Triples of bytes. Now and then one that is not among them is taken for one that is. */
class TripleSet {
  /** A bit for each hash. */
  readonly #known: Int32Array
  readonly #shift: number

  constructor(triples: ReadonlySet<number>) {
    const wanted = Math.ceil(Math.log2((triples.size + 1) * sparseness))
    const bits = Math.min(tableBits.max, Math.max(tableBits.min, wanted))
    this.#known = new Int32Array(2 ** bits / 32)
    this.#shift = 32 - bits
    for (const triple of triples) {
      const hash = hashOf(triple, this.#shift)
      this.#known[hash >>> 5] = (this.#known[hash >>> 5] ?? 0) | (1 << (hash & 31))
    }
  }

  has(triple: number): boolean {
    const hash = hashOf(triple, this.#shift)
    return (((this.#known[hash >>> 5] as number) >>> hash) & 1) !== 0
  }
}

/** Which three bytes follow one another in any of several texts: anywhere, at its beginning, and at its end. */
export class Triples {
  readonly #all: TripleSet
  readonly #first: TripleSet
  readonly #last: TripleSet
  /** By pair of bytes: 1 when a text begins with it, and when it ends with it. */
  readonly #firstPairs = new Uint8Array(65_536)
  readonly #lastPairs = new Uint8Array(65_536)

  constructor(texts: readonly Uint8Array[]) {
    const all = new Set<number>()
    for (const text of texts) for (let at = 0; at + 3 <= text.length; at++) all.add(tripleAt(text, at))
    const long = texts.filter((text) => text.length >= 3)
    this.#all = new TripleSet(all)
    this.#first = new TripleSet(new Set(long.map((text) => tripleAt(text, 0))))
    this.#last = new TripleSet(new Set(long.map((text) => tripleAt(text, text.length - 3))))
    for (const text of long) {
      this.#firstPairs[pairAt(text, 0)] = 1
      this.#lastPairs[pairAt(text, text.length - 2)] = 1
    }
  }

  /**
   * Whether these three may be found in one of the ways below, as far as two of them tell. Most that stand in no text
   * are ruled out by it.
   */
  mayHave(a: number, b: number, c: number): boolean {
    if (this.#all.has(tripleOf(a, b, c))) return true
    return (
      (((this.#firstPairs[b | (c << 8)] as number) | (this.#lastPairs[a | (b << 8)] as number)) & 1) !== 0
    )
  }

  /** Whether these three follow one another; never when one of them is negative. */
  has(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && this.#all.has(tripleOf(a, b, c))
  }

  /** Whether a text begins with them. */
  begins(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && this.#first.has(tripleOf(a, b, c))
  }

  /** Whether a text ends with them. */
  ends(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && this.#last.has(tripleOf(a, b, c))
  }
}

function tripleAt(bytes: Uint8Array, at: number): number {
  return tripleOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)
}

function pairAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
}

function tripleOf(a: number, b: number, c: number): number {
  return a | (b << 8) | (c << 16)
}

function hashOf(triple: number, shift: number): number {
  return Math.imul(triple, 0x9e3779b1) >>> shift
}
