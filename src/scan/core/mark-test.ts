import { type Decoder, joinsNothing, leadOf, unclear } from "./decoder.ts"
import { Output } from "./output.ts"
import type { Triples } from "./triple.ts"

/** What a mark begins is never longer. */
export const maxEscapeBytes = 80

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
  readonly #lead: Decoder["lead"]
  readonly #triples: Triples
  readonly #members: Uint8Array
  /** What a byte that is no mark stands for; {@link none} for nothing. */
  readonly #plain = new Int16Array(256).fill(none)
  /** By byte: 1 when what it stands for is decided by what follows it. */
  readonly #isSyntax = new Uint8Array(256)
  /** Room for what a mark leads to and the next two. */
  readonly #ahead = new Int16Array(3)
  /** By byte that is yielded: 1 when a run of it becomes one. */
  readonly #runs = new Uint8Array(256)

  /**
   * @param triples of all values, decoded. It may have those of other decoders too.
   * @param members by byte: 1 when it may stand in an encoded value.
   */
  constructor(decoder: Decoder, triples: Triples, members: Uint8Array) {
    this.#decoder = decoder
    this.#lead = decoder.lead
    this.#triples = triples
    this.#members = members
    const decode = (...bytes: number[]) => decodedOf(decoder, Uint8Array.from(bytes), members)
    for (const [byte, isMember] of members.entries()) {
      const [yielded = none, ...more] = isMember === 1 ? decode(byte) : []
      if (yielded === none || more.length > 0) continue
      this.#plain[byte] = yielded
      if (decode(byte, byte).length === 1) this.#runs[yielded] = 1
    }
    const starter = decoder.escaped?.charCodeAt(0)
    for (const [byte, isMember] of members.entries()) {
      if (byte === starter || (isMember === 1 && this.#plain[byte] === none)) this.#isSyntax[byte] = 1
    }
  }

  /** The quick answer, for a mark whose neighbours are plain to see, as nearly all are. */
  isRuledOut(bytes: Uint8Array, mark: number, length: number): boolean {
    const ahead = this.#ahead.fill(none)
    let at = mark
    for (let count = 0; count < ahead.length; count++) {
      const lead = this.#leadAfter(bytes, at, length, count === 0 ? none : (ahead[count - 1] as number))
      if (lead === unclear) return false
      if (lead === joinsNothing) break
      ahead[count] = lead & 0xff
      at += lead >>> 8
    }
    const a = ahead[0] as number
    return a === none || !this.#follow(bytes, mark, a, ahead[1] as number, ahead[2] as number)
  }

  /** What comes after a byte that was yielded and the run that it is of, in the form of a mark's lead. */
  #leadAfter(bytes: Uint8Array, from: number, length: number, before: number): number {
    const last = Math.min(length, from + maxEscapeBytes)
    for (let at = from; at < last; ) {
      const byte = bytes[at] as number
      const plain = this.#plain[byte] as number
      const lead =
        this.#isSyntax[byte] === 1
          ? this.#lead(bytes, at, length)
          : plain < 0
            ? joinsNothing
            : leadOf(plain, 1)
      if (lead < 0) return lead
      at += lead >>> 8
      if (!this.#isRun(lead & 0xff, before)) return leadOf(lead & 0xff, at - from)
    }
    return unclear
  }

  /** Whether both are part of what counts as one byte. */
  #isRun(one: number, other: number): boolean {
    return one === other && this.#runs[one] === 1
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

  /** Whether what the mark leads to, `a`, is followed and preceded as in a text. */
  #follow(bytes: Uint8Array, mark: number, a: number, b: number, c: number): boolean {
    const one = this.#before(bytes, this.#decoder.textEnd?.(bytes, mark) ?? mark, a)
    const p = one < 0 ? none : (this.#plain[bytes[one] as number] as number)
    const other = one < 0 ? one : this.#before(bytes, one, p)
    const o = other < 0 ? none : (this.#plain[bytes[other] as number] as number)
    return other === unknown || this.#triples.follow(o, p, a, b, c)
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
