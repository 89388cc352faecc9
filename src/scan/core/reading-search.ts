import { MarkFinder } from "./mark-finder.ts"
import { Output } from "./output.ts"
import { maxEncodedBytes, type Reading } from "./reading.ts"

const nothing = new Uint8Array(0)

/** Several readings of the same bytes in one pass over them. */
export class Readings {
  readonly #readings: readonly Reading[]
  readonly #finder: MarkFinder
  /** By kind of mark: its reading. */
  readonly #ofKind: readonly number[]
  readonly #output = new Output()
  /** By reading: up to where the bytes at hand were decoded. */
  readonly #done: Int32Array
  /** Where a stretch begins that may go on after the bytes at hand. */
  #open = 0

  /** @param readings with eight kinds of marks, or fewer, between them. */
  constructor(readings: readonly Reading[]) {
    this.#readings = readings
    this.#finder = new MarkFinder(readings.flatMap(({ kinds }) => kinds))
    this.#ofKind = readings.flatMap(({ kinds }, at) => kinds.map(() => at))
    this.#done = new Int32Array(readings.length)
  }

  /** A new stream. Streams may take turns. */
  search(found: Set<number>): { write(chunk: Uint8Array): void } {
    let rest: Uint8Array = nothing
    const write = (chunk: Uint8Array) => {
      const bytes = this.#finder.join(rest, chunk)
      const length = rest.length + chunk.length
      this.#look(bytes, length, found)
      rest = bytes.slice(this.#rest(bytes, length), length)
    }
    return { write }
  }

  /** Looks at bytes that are a whole. */
  look(bytes: Uint8Array, found: Set<number>): void {
    this.#look(this.#finder.join(nothing, bytes), bytes.length, found)
  }

  /** Where the stretches begin in which something is found. */
  starts(bytes: Uint8Array): number[] {
    const starts: number[] = []
    this.#look(this.#finder.join(nothing, bytes), bytes.length, new Set(), (start) => starts.push(start))
    return starts
  }

  #look(bytes: Uint8Array, length: number, found: Set<number>, tell?: (start: number) => void): void {
    this.#done.fill(0)
    this.#open = length
    this.#finder.find(length, (at, kinds) => {
      for (let kind = 0; kinds >> kind !== 0; kind++) {
        if (((kinds >> kind) & 1) === 1) this.#lookAt(this.#ofKind[kind] ?? 0, bytes, at, length, found, tell)
      }
    })
  }

  #lookAt(
    one: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    found: Set<number>,
    tell?: (start: number) => void,
  ): void {
    const reading = this.#readings[one]
    if (reading === undefined || at < (this.#done[one] ?? 0)) return
    if (!reading.matters(bytes, at, length, this.#output)) return
    const { start, end, isOpen, isFound } = reading.look(bytes, at, length, this.#output, found)
    this.#done[one] = end
    if (isOpen) this.#open = Math.min(this.#open, start)
    if (isFound) tell?.(start)
  }

  /** Where a value may have begun that goes on after the bytes at hand. */
  #rest(bytes: Uint8Array, length: number): number {
    let open = this.#open
    for (const reading of this.#readings) open = Math.min(open, reading.openStart(bytes, length))
    return Math.max(open, length - maxEncodedBytes)
  }
}
