/** What the sieves look at, one after the other, at multiples of it. */
export const wordBytes = 4

/** How many places the table has for each word: with fewer, many others would be taken for one. */
const sparseness = 64
/** A table of 16 KiB stays in the nearest cache of a processor, which counts for more than that it is sparse. */
const tableBits = { min: 14, usual: 17, max: 23 }

/** Spread words of four bytes over a table, each in its own way. */
export const wordFactors = { first: 0x9e3779b1, second: 0x85ebca6b } as const

/** Which words of four bytes are looked for: a bit for each hash, and now and then another word has the hash of one. */
export class WordTable {
  readonly bits: Int32Array
  /** What is left of the product of a word and the factor is its hash. */
  readonly shift: number
  readonly #factor: number

  /**
   * @param looked words of four bytes, the first byte lowest.
   * @param sparser twice as many bits for each of these.
   */
  constructor(looked: ReadonlySet<number>, factor: number = wordFactors.first, sparser = 0) {
    const bits = tableBitsFor(looked.size) + sparser
    this.shift = 32 - bits
    this.#factor = factor
    this.bits = new Int32Array(2 ** bits / 32)
    for (const word of looked) {
      const hash = this.#hashOf(word)
      this.bits[hash >>> 5] = (this.bits[hash >>> 5] ?? 0) | (1 << (hash & 31))
    }
  }

  #hashOf(word: number): number {
    return Math.imul(word, this.#factor) >>> this.shift
  }
}

/** No more than fit into the usual table, as long as it is still sparse. */
function tableBitsFor(words: number): number {
  const wanted = Math.ceil(Math.log2((words + 1) * sparseness))
  const needed = Math.ceil(Math.log2((words + 1) * 16))
  return Math.min(tableBits.max, Math.max(tableBits.min, needed, Math.min(wanted, tableBits.usual)))
}
