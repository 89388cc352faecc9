import type { Decoder } from "./decoder.ts"
import { Output } from "./output.ts"
import { Triples } from "./triple.ts"

/** What a mark begins is never longer. */
const maxEscapeBytes = 80

/** How far from a mark its next neighbours are looked for. */
const maxAheadBytes = 256

/** The first byte of half a surrogate pair, which is nothing before the other half is there. */
const surrogateLead = 0xed

/** What may go on with an escape: as many digits as the longest takes, low ones and high ones. */
const maxDigits = 8
const digits: readonly number[] = [0x30, 0x66]

const none = -1
/** Too far away to look for. */
const unknown = -2

/**
 * Tells marks that may be within a value from all others, by what they and their neighbours stand for: in a value,
 * these three follow one another as well. Of the marks within a value, at least the first one passes.
 */
export class MarkTest {
  readonly #decoder: Decoder
  readonly #triples: Triples
  readonly #members: Uint8Array
  /** What a byte that is no mark stands for; {@link none} for nothing. */
  readonly #plain = new Int16Array(256).fill(none)
  /** By byte that is yielded: 1 when a run of it becomes one. */
  readonly #runs = new Uint8Array(256)
  /** By byte: 1 when it is no mark, and what it stands for does not depend on its neighbours. */
  readonly #lone = new Uint8Array(256)
  /** By mark and next byte: what these two stand for, whatever follows; {@link none} when that decides. */
  readonly #singles = new Int16Array(65_536).fill(none)

  /**
   * @param texts all values, decoded.
   * @param members by byte: 1 when it may stand in an encoded value.
   */
  constructor(decoder: Decoder, texts: readonly Uint8Array[], members: Uint8Array) {
    this.#decoder = decoder
    this.#triples = new Triples(texts)
    this.#members = members
    const marks = new Set(decoder.marks.flatMap(({ bytes }) => [...Buffer.from(bytes)]))
    const decode = (...bytes: number[]) => decodedOf(decoder, Uint8Array.from(bytes), members)
    for (let byte = 0; byte < 256; byte++) {
      const [yielded = none, ...more] = decode(byte)
      if (yielded === none || more.length > 0) continue
      this.#plain[byte] = yielded
      if (decode(byte, byte).length === 1) this.#runs[yielded] = 1
      else if (!marks.has(byte)) this.#lone[byte] = 1
    }
    for (const mark of marks) this.#learnSingles(mark, decode)
  }

  #learnSingles(mark: number, decode: (...bytes: number[]) => Uint8Array): void {
    for (let next = 0; next < 256; next++) {
      const yielded = digits.map((digit) => decode(mark, next, ...Array<number>(maxDigits).fill(digit)))
      const isSingle = yielded.every(
        (bytes, at) => bytes.length === maxDigits + 1 && bytes.at(-maxDigits) === digits[at],
      )
      if (isSingle && this.#runs[yielded[0]?.[0] ?? 0] === 0)
        this.#singles[mark | (next << 8)] = yielded[0]?.[0] ?? none
    }
  }

  /**
   * @param output is overwritten.
   * @param length where the bytes at hand end. What is too near to the end to be known may be within a value.
   */
  mayBeWithin(bytes: Uint8Array, mark: number, length: number, output: Output): boolean {
    if (this.#isRuledOut(bytes, mark, length)) return false
    const end = Math.min(length, mark + maxAheadBytes)
    output.reset(3)
    const next = this.#decoder.decode(bytes, mark, end, output, this.#members)
    if (next > end - maxEscapeBytes) return true
    const { size } = output
    if (size === 0) return false
    const a = output.bytes[0] as number
    const b = output.bytes[1] as number
    const c = output.bytes[2] as number
    if (a === surrogateLead || b === surrogateLead || c === surrogateLead) return true
    return this.#follow(bytes, mark, a, size > 1 ? b : none, size > 2 ? c : none)
  }

  /** The quick answer, for a mark that is one byte between two plain ones, as nearly all are. */
  #isRuledOut(bytes: Uint8Array, mark: number, length: number): boolean {
    if (mark === 0 || mark + 2 >= length) return false
    const before = bytes[mark - 1] as number
    const next = bytes[mark + 1] as number
    const after = bytes[mark + 2] as number
    const yielded = this.#singles[(bytes[mark] as number) | (next << 8)] as number
    if (yielded < 0 || ((this.#lone[before] as number) & (this.#lone[after] as number)) === 0) return false
    return !this.#triples.mayHave(this.#plain[before] as number, yielded, this.#plain[after] as number)
  }

  /**
   * Whether what the mark stands for, `a`, is followed and preceded as in a text: as its first byte, its second, one in
   * the middle, its last but one, or its last.
   */
  #follow(bytes: Uint8Array, mark: number, a: number, b: number, c: number): boolean {
    const triples = this.#triples
    if (triples.begins(a, b, c)) return true
    const one = this.#before(bytes, this.#decoder.textEnd?.(bytes, mark) ?? mark, a)
    if (one < 0) return one === unknown
    const p = this.#plain[bytes[one] as number] as number
    const other = this.#before(bytes, one, p)
    if (other === unknown) return true
    const o = other === none ? none : (this.#plain[bytes[other] as number] as number)
    if (triples.ends(o, p, a)) return true
    if (!triples.has(p, a, b)) return false
    const follows = triples.has(a, b, c)
    return triples.has(o, p, a) ? follows || triples.ends(p, a, b) : follows && triples.begins(p, a, b)
  }

  /** Where the byte stands before `end` that is not of one run with what it yields, `next`. */
  #before(bytes: Uint8Array, end: number, next: number): number {
    const lowest = end - maxEscapeBytes
    let at = end - 1
    if (this.#runs[next] === 1) {
      while (at >= lowest && at >= 0 && this.#plain[bytes[at] as number] === next) at--
    }
    if (at < 0) return none
    return at < lowest ? unknown : at
  }
}

function decodedOf(decoder: Decoder, bytes: Uint8Array, members: Uint8Array): Uint8Array {
  const output = new Output()
  output.reset(4 * bytes.length)
  decoder.decode(bytes, 0, bytes.length, output, members)
  return output.bytes.slice(0, output.size)
}
