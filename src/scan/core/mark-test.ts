import { type Decoder, joinsNothing } from "./decoder.ts"
import { Output } from "./output.ts"
import type { Triples } from "./triple.ts"

/** What a mark begins is never longer. */
const maxEscapeBytes = 80

/** How far from a mark its next neighbours are looked for. */
const maxAheadBytes = 256

/** The first byte of half a surrogate pair, which is nothing before the other half is there. */
const surrogateLead = 0xed

const none = -1
/** Too far away to look for. */
const unknown = -2

/**
 * Tells marks that may be within a value from all others, by what they and their neighbours stand for: in a value,
 * these three follow one another as well. Of the marks within a value, at least the first one passes.
 */
export class MarkTest {
  readonly #decoder: Decoder
  readonly #glance: Decoder["glance"]
  readonly #triples: Triples
  readonly #members: Uint8Array
  /** What a byte that is no mark stands for; {@link none} for nothing. */
  readonly #plain = new Int16Array(256).fill(none)
  /** By byte that is yielded: 1 when a run of it becomes one. */
  readonly #runs = new Uint8Array(256)

  /**
   * @param triples of all values, decoded. It may have those of other decoders too.
   * @param members by byte: 1 when it may stand in an encoded value.
   */
  constructor(decoder: Decoder, triples: Triples, members: Uint8Array) {
    this.#decoder = decoder
    this.#glance = decoder.glance
    this.#triples = triples
    this.#members = members
    const decode = (...bytes: number[]) => decodedOf(decoder, Uint8Array.from(bytes), members)
    for (const [byte, isMember] of members.entries()) {
      const [yielded = none, ...more] = isMember === 1 ? decode(byte) : []
      if (yielded === none || more.length > 0) continue
      this.#plain[byte] = yielded
      if (decode(byte, byte).length === 1) this.#runs[yielded] = 1
    }
  }

  /** The quick answer, for a mark whose neighbours stand there plainly, as nearly all do. */
  isRuledOut(bytes: Uint8Array, mark: number, length: number): boolean {
    const glance = this.#glance(bytes, mark, length)
    return glance < 0 ? glance === joinsNothing : !this.#triples.mayHave(glance)
  }

  /**
   * The thorough answer.
   *
   * @param output is overwritten.
   * @param length where the bytes at hand end. What is too near to the end to be known may be within a value.
   */
  mayBeWithin(bytes: Uint8Array, mark: number, length: number, output: Output): boolean {
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

const scratch = new Output()

function decodedOf(decoder: Decoder, bytes: Uint8Array, members: Uint8Array): Uint8Array {
  scratch.reset(4 * bytes.length)
  decoder.decode(bytes, 0, bytes.length, scratch, members)
  return scratch.bytes.slice(0, scratch.size)
}
