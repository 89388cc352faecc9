/** Bytes to look for. */
export interface Pattern {
  readonly bytes: Uint8Array
  /** What must follow them: this many bytes out of an ASCII alphabet. */
  readonly followedBy?: { readonly alphabet: string; readonly count: number }
}

const blockBytes = 3
const maxWindowBytes = 32

/**
 * Looks for many patterns at once in a stream of bytes, by the method of Wu and Manber ("A fast algorithm for
 * multi-pattern searching", 1994): of each pattern a window of equal length is known, and the last three bytes
 * under the window tell how far it can move without missing one. Unlike the automaton of Aho and Corasick it
 * skips most bytes, and its tables do not grow with the length of the patterns.
 */
export class Matcher {
  readonly #patterns: readonly Pattern[]
  readonly #followers: readonly (Uint8Array | null)[]
  readonly #windowBytes: number
  readonly #maxBytes: number
  readonly #hashShift: number
  readonly #skip: Uint8Array
  /** By hash: the first pattern whose window ends so, counted from 1; then {@link #next} leads to the others. */
  readonly #first: Int32Array
  readonly #next: Int32Array
  #scratch = new Uint8Array(0)

  /** @param patterns of three bytes or more each; at least one. */
  constructor(patterns: readonly Pattern[]) {
    const lengths = patterns.map(({ bytes }) => bytes.length)
    const shortest = lengths.reduce((a, b) => Math.min(a, b), maxWindowBytes)
    if (patterns.length === 0 || shortest < blockBytes) throw new RangeError("there is nothing to look for")
    this.#patterns = patterns
    this.#followers = patterns.map(({ followedBy }) =>
      followedBy === undefined ? null : membership(followedBy.alphabet),
    )
    this.#windowBytes = shortest
    this.#maxBytes = patterns.reduce((max, one) => Math.max(max, lengthOf(one)), 0)
    const blocks = patterns.length * (shortest - blockBytes + 1)
    const bits = Math.min(22, Math.max(14, Math.ceil(Math.log2(blocks * 8))))
    this.#hashShift = 32 - bits
    this.#skip = new Uint8Array(2 ** bits).fill(shortest - blockBytes + 1)
    this.#first = new Int32Array(2 ** bits)
    this.#next = new Int32Array(patterns.length + 1)
    for (const [at, { bytes }] of patterns.entries()) this.#learn(at, bytes)
  }

  /**
   * A new stream. Streams may take turns.
   *
   * @param found where finds are put.
   */
  search(found = new Set<number>()): Search {
    return new Search((tail, chunk) => this.#find(tail, chunk, found), found)
  }

  /** Looks at the first `length` bytes, which are a whole. */
  look(bytes: Uint8Array, length: number, found: Set<number>): void {
    this.#scan(bytes, length, found)
  }

  #learn(at: number, bytes: Uint8Array): void {
    const from = windowStart(bytes, this.#windowBytes)
    const last = this.#windowBytes - blockBytes
    for (let block = 0; block <= last; block++) {
      const hash = this.#hash(bytes, from + block)
      this.#skip[hash] = Math.min(this.#skip[hash] ?? 0, last - block)
    }
    const hash = this.#hash(bytes, from + last)
    this.#next[at + 1] = this.#first[hash] ?? 0
    this.#first[hash] = at + 1
  }

  #hash(bytes: Uint8Array, at: number): number {
    return hashOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, this.#hashShift)
  }

  /** @returns the end of the stream so far, in which a pattern may have begun. */
  #find(tail: Uint8Array, chunk: Uint8Array, found: Set<number>): Uint8Array {
    if (tail.length === 0) {
      this.#scan(chunk, chunk.length, found)
      return chunk.subarray(Math.max(0, chunk.length - this.#maxBytes + 1))
    }
    const length = tail.length + chunk.length
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(length)
    this.#scratch.set(tail)
    this.#scratch.set(chunk, tail.length)
    this.#scan(this.#scratch, length, found)
    return this.#scratch.slice(Math.max(0, length - this.#maxBytes + 1), length)
  }

  #scan(bytes: Uint8Array, length: number, found: Set<number>): void {
    const skip = this.#skip
    const shift = this.#hashShift
    const back = this.#windowBytes - blockBytes
    for (let at = back; at + blockBytes <= length; ) {
      // The casts spare a check for each byte; the loop stays within the bounds.
      const a = bytes[at] as number
      const b = bytes[at + 1] as number
      const hash = hashOf(a, b, bytes[at + 2] as number, shift)
      const step = skip[hash] as number
      if (step > 0) at += step
      else this.#verify(bytes, length, at++ - back, hash, found)
    }
  }

  #verify(bytes: Uint8Array, length: number, window: number, hash: number, found: Set<number>): void {
    for (let one = this.#first[hash] ?? 0; one !== 0; one = this.#next[one] ?? 0) {
      const pattern = this.#patterns[one - 1]
      if (pattern === undefined) return
      const start = window - windowStart(pattern.bytes, this.#windowBytes)
      if (start < 0 || start + lengthOf(pattern) > length) continue
      if (standsAt(bytes, start, pattern, this.#followers[one - 1] ?? null)) found.add(one - 1)
    }
  }
}

/** One stream of bytes that is looked through. */
export class Search {
  /** The patterns that were found, by their place in the list of the {@link Matcher}. */
  readonly found: ReadonlySet<number>
  readonly #find: (tail: Uint8Array, chunk: Uint8Array) => Uint8Array
  #tail: Uint8Array = new Uint8Array(0)

  constructor(find: (tail: Uint8Array, chunk: Uint8Array) => Uint8Array, found: ReadonlySet<number>) {
    this.#find = find
    this.found = found
  }

  /** @param chunk must not change until the next call. */
  write(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#tail = this.#find(this.#tail, chunk)
  }
}

function hashOf(a: number, b: number, c: number, shift: number): number {
  return Math.imul(a | (b << 8) | (c << 16), 0x9e3779b1) >>> shift
}

function lengthOf({ bytes, followedBy }: Pattern): number {
  return bytes.length + (followedBy?.count ?? 0)
}

/** The middle: the beginnings of values are often alike. */
function windowStart(bytes: Uint8Array, windowBytes: number): number {
  return (bytes.length - windowBytes) >> 1
}

function membership(alphabet: string): Uint8Array {
  const members = new Uint8Array(256)
  for (const c of alphabet) members[c.charCodeAt(0)] = 1
  return members
}

function standsAt(bytes: Uint8Array, start: number, pattern: Pattern, follower: Uint8Array | null): boolean {
  const own = pattern.bytes
  for (let at = 0; at < own.length; at++) if (bytes[start + at] !== own[at]) return false
  if (follower === null) return true
  const end = start + lengthOf(pattern)
  for (let at = start + own.length; at < end; at++) if (follower[bytes[at] ?? 0] !== 1) return false
  return true
}
