import { wordBytes } from "./word-table.ts"

/** Bytes to look for. */
export interface Pattern {
  readonly bytes: Uint8Array
  /** What must follow them: this many bytes out of an ASCII alphabet. */
  readonly followedBy?: { readonly alphabet: string; readonly count: number }
}

const blockBytes = 3
const maxWindowBytes = 32

/** How many places the table has for each block: with fewer, many others would be taken for one. */
const sparseness = 64
/** A table of 16 KiB stays in the nearest cache of a processor, which counts for more than that it is sparse. */
const tableBits = { min: 14, usual: 17, max: 22 }

/** A window that is this long has a word of four bytes at a multiple of four, wherever it stands. */
const minWordWindow = 2 * wordBytes - 1

/**
 * Looks for many patterns at once. Of each pattern a window of equal length is known, and of each window every block of
 * three bytes. So one look in as many bytes as a window has blocks cannot miss a pattern, and where the next look falls
 * does not depend on what this one finds: a processor takes several at a time.
 */
export class Matcher {
  readonly #patterns: readonly Pattern[]
  readonly #followers: readonly (Uint8Array | null)[]
  readonly #windowBytes: number
  /** How many bytes the longest pattern has, with what must follow it. */
  readonly longest: number
  readonly #hashShift: number
  /** A bit for each hash: whether a window has such a block. */
  readonly #known: Int32Array
  /** By block: where it stands in windows. */
  readonly #places = new Map<number, number[]>()
  /** By hash of a window: the patterns that it is of. */
  readonly #windows = new Map<number, number[]>()

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
    this.longest = patterns.reduce((max, one) => Math.max(max, lengthOf(one)), 0)
    for (const [at, { bytes }] of patterns.entries()) this.#learn(at, bytes)
    const bits = tableBitsFor(this.#places.size)
    this.#hashShift = 32 - bits
    this.#known = new Int32Array(2 ** bits / 32)
    for (const block of this.#places.keys()) {
      const hash = hashOf(block, this.#hashShift)
      this.#known[hash >>> 5] = (this.#known[hash >>> 5] ?? 0) | (1 << (hash & 31))
    }
  }

  /**
   * Words of four bytes: wherever a pattern stands, one of these is part of it and stands at a multiple of four. `null`
   * when a pattern is too short for that.
   */
  words(): ReadonlySet<number> | null {
    if (this.#windowBytes < minWordWindow) return null
    return new Set(this.#patterns.flatMap(({ bytes }) => wordsOf(bytes)))
  }

  /** Looks at the first `length` bytes, which are a whole. */
  look(bytes: Uint8Array, length: number, found: Set<number>): void {
    const stride = this.#windowBytes - blockBytes + 1
    for (let from = 0; ; from += stride) {
      from = nextKnown(bytes, from, length, this.#known, this.#hashShift, stride)
      if (from + blockBytes > length) return
      this.lookAround(bytes, from, length, found)
    }
  }

  /** Looks for patterns in whose window the three bytes at `at` are, among the first `length` bytes. */
  lookAround(bytes: Uint8Array, at: number, length: number, found: Set<number>): void {
    const places = this.#places.get(blockAt(bytes, at))
    if (places === undefined) return
    for (const place of places) {
      const window = at - place
      if (window < 0 || window + this.#windowBytes > length) continue
      const patterns = this.#windows.get(windowHash(bytes, window, this.#windowBytes))
      if (patterns !== undefined) this.#compare(bytes, length, window, patterns, found)
    }
  }

  #learn(at: number, bytes: Uint8Array): void {
    const from = windowStart(bytes, this.#windowBytes)
    for (let place = 0; place + blockBytes <= this.#windowBytes; place++) {
      const block = blockAt(bytes, from + place)
      const places = this.#places.get(block) ?? []
      if (!places.includes(place)) places.push(place)
      this.#places.set(block, places)
    }
    const window = windowHash(bytes, from, this.#windowBytes)
    const patterns = this.#windows.get(window) ?? []
    patterns.push(at)
    this.#windows.set(window, patterns)
  }

  #compare(
    bytes: Uint8Array,
    length: number,
    window: number,
    patterns: readonly number[],
    found: Set<number>,
  ): void {
    for (const at of patterns) {
      const pattern = this.#patterns[at]
      if (pattern === undefined) continue
      const start = window - windowStart(pattern.bytes, this.#windowBytes)
      if (start < 0 || start + lengthOf(pattern) > length) continue
      if (standsAt(bytes, start, pattern, this.#followers[at] ?? null)) found.add(at)
    }
  }
}

/** No more than fit into the usual table, as long as it is still sparse. */
function tableBitsFor(blocks: number): number {
  const wanted = Math.ceil(Math.log2(blocks * sparseness))
  const needed = Math.ceil(Math.log2(blocks * 8))
  return Math.min(tableBits.max, Math.max(tableBits.min, needed, Math.min(wanted, tableBits.usual)))
}

/** Where the next block stands that a window may have; at `length` or near it when there is none. Kept small to be fast. */
function nextKnown(
  bytes: Uint8Array,
  from: number,
  length: number,
  known: Int32Array,
  shift: number,
  stride: number,
): number {
  let at = from
  for (; at + blockBytes <= length; at += stride) {
    const hash = hashOf(blockAt(bytes, at), shift)
    if ((((known[hash >>> 5] as number) >>> hash) & 1) !== 0) return at
  }
  return at
}

/** The casts spare a check for each byte: callers stay within the bounds. */
function blockAt(bytes: Uint8Array, at: number): number {
  const a = bytes[at] as number
  const b = bytes[at + 1] as number
  return a | (b << 8) | ((bytes[at + 2] as number) << 16)
}

function hashOf(block: number, shift: number): number {
  return Math.imul(block, 0x9e3779b1) >>> shift
}

function windowHash(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0
  for (let at = start; at < start + length; at++) hash = Math.imul(hash, 31) + (bytes[at] as number)
  return hash | 0
}

function lengthOf({ bytes, followedBy }: Pattern): number {
  return bytes.length + (followedBy?.count ?? 0)
}

/** The middle: the beginnings of values are often alike. */
function windowStart(bytes: Uint8Array, windowBytes: number): number {
  return (bytes.length - windowBytes) >> 1
}

/** The words in the middle of a pattern, of which one stands at a multiple of four. */
function wordsOf(bytes: Uint8Array): number[] {
  const from = windowStart(bytes, minWordWindow)
  return Array.from({ length: wordBytes }, (_, at) => wordAt(bytes, from + at))
}

function wordAt(bytes: Uint8Array, at: number): number {
  return blockAt(bytes, at) | ((bytes[at + blockBytes] as number) << 24)
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
