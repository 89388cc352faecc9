const tripleBytes = 3

/** How many places a table has for each triple: with fewer, others would be taken for one. */
const sparseness = 256
/** A table of 32 KiB stays in the nearest cache of a processor. */
const tableBits = { min: 10, max: 18 }

/** Which three bytes follow one another in any of several texts: anywhere, at its beginning, and at its end. */
export class Triples {
  /** A bit for the hash of each triple: now and then one that is not among them is taken for one that is. */
  readonly #all: Int32Array
  readonly #first: Int32Array
  readonly #last: Int32Array
  readonly #shift: number

  /** @param all may have the same text several times. */
  constructor(all: readonly Uint8Array[]) {
    const texts = [...new Set(all.map((text) => Buffer.from(text).toString("latin1")))].filter(
      ({ length }) => length >= tripleBytes,
    )
    const count = texts.reduce((sum, { length }) => sum + length, 0)
    const wanted = Math.ceil(Math.log2((count + 1) * sparseness))
    const bits = Math.min(tableBits.max, Math.max(tableBits.min, wanted))
    this.#shift = 32 - bits
    this.#all = bitsFor(bits)
    this.#first = bitsFor(bits)
    this.#last = bitsFor(bits)
    for (const text of texts) this.#learn(text)
  }

  /** @param text in Latin-1. */
  #learn(text: string): void {
    const last = text.length - tripleBytes
    let triple = 0
    for (let at = text.length - 1; at >= 0; at--) {
      triple = ((triple << 8) | text.charCodeAt(at)) & 0xffffff
      if (at <= last) addBit(this.#all, hashOf(triple, this.#shift))
      if (at === last) addBit(this.#last, hashOf(triple, this.#shift))
    }
    addBit(this.#first, hashOf(triple, this.#shift))
  }

  /**
   * Whether `a` may stand in a text after `o` and `p` and before `b` and `c`, as far as each three of them tell: as its
   * first byte, its second, one in the middle, its last but one, or its last. One that is negative is in no text.
   */
  follow(o: number, p: number, a: number, b: number, c: number): boolean {
    if (this.begins(a, b, c) || this.ends(o, p, a)) return true
    if (!this.has(p, a, b)) return false
    const follows = this.has(a, b, c)
    return this.has(o, p, a) ? follows || this.ends(p, a, b) : follows && this.begins(p, a, b)
  }

  /** Whether these three follow one another; never when one of them is negative. */
  has(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && bitOf(this.#all, hashOf(tripleOf(a, b, c), this.#shift)) !== 0
  }

  /** Whether a text begins with them. */
  begins(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && bitOf(this.#first, hashOf(tripleOf(a, b, c), this.#shift)) !== 0
  }

  /** Whether a text ends with them. */
  ends(a: number, b: number, c: number): boolean {
    return (a | b | c) >= 0 && bitOf(this.#last, hashOf(tripleOf(a, b, c), this.#shift)) !== 0
  }
}

function bitsFor(bits: number): Int32Array {
  return new Int32Array(2 ** bits / 32)
}

function addBit(bits: Int32Array, one: number): void {
  bits[one >>> 5] = (bits[one >>> 5] ?? 0) | (1 << (one & 31))
}

function bitOf(bits: Int32Array, one: number): number {
  return ((bits[one >>> 5] as number) >>> one) & 1
}

function tripleOf(a: number, b: number, c: number): number {
  return a | (b << 8) | (c << 16)
}

function hashOf(triple: number, shift: number): number {
  return Math.imul(triple, 0x9e3779b1) >>> shift
}
