/** Bytes at which decoding may begin to matter, and what must stand beside one. */
export interface MarkKind {
  readonly marks: string
  /** One of these right before it; `null` when it does not matter. */
  readonly before: string | null
  /** One of these right after it. */
  readonly after: string | Uint8Array
}

const stepBytes = 8
const anyKind = 255

/** Finds marks in bytes, eight at a time: they are rare, and a look at each byte takes longer than the search. */
export class MarkFinder {
  /** By byte: of which kinds it is a mark, a bit each; then of which kinds it may stand before and after one. */
  readonly #masks = new Uint8Array(256)
  readonly #before = new Uint8Array(256)
  readonly #after = new Uint8Array(256)
  /** By two bytes in a row: whether one of them may be a mark that counts. */
  readonly #pairs = new Uint8Array(65_536)
  #bytes = new Uint8Array(0)
  #words = new Uint32Array(0)

  /** @param kinds eight or fewer. */
  constructor(kinds: readonly MarkKind[]) {
    for (const [at, { marks, before, after }] of kinds.entries()) {
      add(this.#masks, at, Buffer.from(marks))
      add(this.#before, at, before === null ? everyByte : Buffer.from(before))
      add(this.#after, at, typeof after === "string" ? Buffer.from(after) : after)
    }
    for (let pair = 0; pair < this.#pairs.length; pair++) {
      const [first, second] = [pair & 255, pair >> 8]
      const one = (this.#masks[first] ?? 0) & (this.#after[second] ?? 0)
      const other = (this.#masks[second] ?? 0) & (this.#before[first] ?? 0)
      this.#pairs[pair] = one | other
    }
  }

  /** Two pieces as one, in room that is used again and again. There may be more of it. */
  join(first: Uint8Array, second: Uint8Array): Uint8Array {
    const length = first.length + second.length
    if (this.#bytes.length < length + stepBytes) {
      this.#words = new Uint32Array(2 * Math.ceil((length + stepBytes) / stepBytes))
      this.#bytes = new Uint8Array(this.#words.buffer)
    }
    this.#bytes.set(first)
    this.#bytes.set(second, first.length)
    this.#bytes.fill(0, length, length + stepBytes)
    return this.#bytes
  }

  /** Tells each mark among the first `length` bytes of what was joined, in order, with the kinds that it is of. */
  find(length: number, tell: (at: number, kinds: number) => void): void {
    const words = this.#words
    const pairs = this.#pairs
    const steps = Math.ceil(length / stepBytes)
    for (let step = 0; step < steps; step++) {
      // The casts spare a check for each byte; the loop stays within the bounds.
      const a = words[2 * step] as number
      const b = words[2 * step + 1] as number
      const low = (pairs[a & 0xffff] as number) | (pairs[a >>> 16] as number)
      if ((low | (pairs[b & 0xffff] as number) | (pairs[b >>> 16] as number)) !== 0) this.#tell(step, tell)
    }
  }

  #tell(step: number, tell: (at: number, kinds: number) => void): void {
    const bytes = this.#bytes
    for (let at = step * stepBytes; at < (step + 1) * stepBytes; at++) {
      const mask = this.#masks[bytes[at] as number] as number
      if (mask === 0) continue
      const before = at === 0 ? anyKind : (this.#before[bytes[at - 1] as number] as number)
      const kinds = mask & before & (this.#after[bytes[at + 1] as number] as number)
      if (kinds !== 0) tell(at, kinds)
    }
  }
}

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

function add(table: Uint8Array, kind: number, bytes: Uint8Array): void {
  for (const byte of bytes) table[byte] = (table[byte] ?? 0) | (1 << kind)
}
