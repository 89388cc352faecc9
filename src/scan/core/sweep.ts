import type { Matcher } from "./matcher.ts"
import { Output } from "./output.ts"
import { maxEncodedBytes, type Reading } from "./reading.ts"
import type { Sieve } from "./sieve.ts"
import { sieveFor } from "./sieve-choice.ts"
import type { Triples } from "./triple.ts"

const nothing = new Uint8Array(0)

/** One stream of bytes that is looked through. */
export interface ByteSearch {
  /** @param chunk may be used again afterwards. */
  write(chunk: Uint8Array): void
}

/** One pass over bytes, which looks for patterns as they are and in what each reading yields. */
export class Sweep {
  readonly #matcher: Matcher
  readonly #readings: readonly Reading[]
  readonly #sieve: Sieve
  /** Whether the sieve holds back what the matcher looks for. */
  readonly #hasWords: boolean
  /** By kind of mark: its reading. */
  readonly #ofKind: readonly number[]
  readonly #output = new Output()
  /** By reading: up to where the bytes at hand were decoded. */
  readonly #done: Int32Array
  /** The bytes at hand, what was found in them, and where a stretch begins that may go on after them. */
  #bytes: Uint8Array = nothing
  #length = 0
  #found = new Set<number>()
  #open = 0
  /** Where the stretches begin in which something was found that is decoded. */
  #starts: number[] = []

  /**
   * @param readings with eight kinds of marks, or fewer, between them.
   * @param triples of the texts of all readings.
   */
  constructor(matcher: Matcher, readings: readonly Reading[], triples: Triples) {
    this.#matcher = matcher
    this.#readings = readings
    const words = matcher.words()
    this.#hasWords = words !== null
    this.#sieve = sieveFor(
      words ?? new Set(),
      readings.flatMap(({ kinds }) => kinds),
      triples,
    )
    this.#ofKind = readings.flatMap(({ kinds }, at) => kinds.map(() => at))
    this.#done = new Int32Array(readings.length)
  }

  /**
   * A new stream. Streams may take turns.
   *
   * @param found where finds are put.
   */
  search(found: Set<number>): ByteSearch {
    let rest: Uint8Array = nothing
    const write = (chunk: Uint8Array) => {
      const bytes = this.#sieve.join(rest, chunk)
      const length = rest.length + chunk.length
      this.#look(bytes, length, found)
      rest = bytes.slice(this.#restStart(bytes, length), length)
    }
    return { write }
  }

  /** Looks at bytes that are a whole. */
  look(bytes: Uint8Array, found: Set<number>): void {
    this.#look(this.#sieve.join(nothing, bytes), bytes.length, found)
  }

  /** Looks at bytes that are a whole, and tells where the stretches begin in which something is found decoded. */
  starts(bytes: Uint8Array, found: Set<number>): number[] {
    this.look(bytes, found)
    return this.#starts
  }

  #look(bytes: Uint8Array, length: number, found: Set<number>): void {
    this.#done.fill(0)
    this.#bytes = bytes
    this.#length = length
    this.#found = found
    this.#open = length
    this.#starts = []
    if (!this.#hasWords) this.#matcher.look(bytes, length, found)
    const sieve = this.#sieve
    for (let from = 0; from < length; ) {
      from = sieve.sift(from, length)
      const { words, wordCount, marks, kinds, markCount } = sieve
      for (let at = 0; at < wordCount; at++)
        this.#matcher.lookAround(bytes, words[at] as number, length, found)
      for (let at = 0; at < markCount; at++) this.#lookAtMark(marks[at] as number, kinds[at] as number)
    }
  }

  #lookAtMark(at: number, kinds: number): void {
    for (let rest = kinds; rest !== 0; rest &= rest - 1)
      this.#decode(this.#ofKind[31 - Math.clz32(rest & -rest)] ?? 0, at)
  }

  #decode(one: number, at: number): void {
    const reading = this.#readings[one]
    if (reading === undefined || at < (this.#done[one] ?? 0)) return
    if (!reading.matters(this.#bytes, at, this.#length, this.#output)) return
    const { start, end, isOpen, isFound } = reading.look(
      this.#bytes,
      at,
      this.#length,
      this.#output,
      this.#found,
    )
    this.#done[one] = end
    if (isOpen) this.#open = Math.min(this.#open, start)
    if (isFound) this.#starts.push(start)
  }

  /** Where a value may have begun that goes on after the bytes at hand. */
  #restStart(bytes: Uint8Array, length: number): number {
    let open = this.#open
    for (const reading of this.#readings) open = Math.min(open, reading.openStart(bytes, length))
    const exact = length - this.#matcher.longest + 1
    return Math.max(0, Math.min(exact, Math.max(open, length - maxEncodedBytes)))
  }
}
