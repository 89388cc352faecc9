import { latin1 } from "./latin1.ts"

const tripleBytes = 3

/** Spreads triples over the table. */
const tripleFactor = 0x9e3779b1

/** How many places the table has for each triple: with fewer, others would be taken for one. */
const sparseness = 16
const tableBits = { min: 10, max: 17 }

/** Where three bytes stand in a text, a bit each. The vector sieve knows them too. */
const anywhere = 1
const first = 2
const last = 4

/** Which three bytes follow one another in any of several texts: anywhere, at its beginning, and at its end. */
export class Triples {
  /** By hash of a triple; now and then one that is in no text has the hash of one that is. */
  readonly places: Uint8Array
  /** What is left of the product of a triple and {@link tripleFactor} is its hash. */
  readonly shift: number

  /** @param all may have the same text several times. */
  constructor(all: readonly Uint8Array[]) {
    const texts = [...new Set(all.map(latin1))].filter(({ length }) => length >= tripleBytes)
    const count = texts.reduce((sum, { length }) => sum + length, 0)
    const wanted = Math.ceil(Math.log2((count + 1) * sparseness))
    const bits = Math.min(tableBits.max, Math.max(tableBits.min, wanted))
    this.shift = 32 - bits
    this.places = new Uint8Array(2 ** bits)
    for (const text of texts) this.#learn(text)
  }

  /** @param text in Latin-1. */
  #learn(text: string): void {
    const end = text.length - tripleBytes
    let triple = 0
    for (let at = text.length - 1; at >= 0; at--) {
      triple = ((triple << 8) | text.charCodeAt(at)) & 0xffffff
      if (at > end) continue
      const hash = hashOf(triple, this.shift)
      const place = anywhere | (at === 0 ? first : 0) | (at === end ? last : 0)
      this.places[hash] = (this.places[hash] ?? 0) | place
    }
  }

  /**
   * Whether `a` may stand in a text after `o` and `p` and before `b` and `c`, as far as each three of them tell: as its
   * first byte, its second, one in the middle, its last but one, or its last. One that is negative is in no text.
   */
  follow(o: number, p: number, a: number, b: number, c: number): boolean {
    const early = this.#placesOf(o, p, a)
    const middle = this.#placesOf(p, a, b)
    const late = this.#placesOf(a, b, c)
    if ((late & first) !== 0 || (early & last) !== 0) return true
    if ((early & anywhere) !== 0) return (middle & last) !== 0 || (middle & late & anywhere) !== 0
    return (middle & first) !== 0 && (late & anywhere) !== 0
  }

  #placesOf(a: number, b: number, c: number): number {
    if ((a | b | c) < 0) return 0
    return this.places[hashOf(a | (b << 8) | (c << 16), this.shift)] as number
  }
}

function hashOf(triple: number, shift: number): number {
  return Math.imul(triple, tripleFactor) >>> shift
}
