import { addBits, byteSet, type MarkKind, MarkTables } from "./mark-kind.ts"
import type { Sieve } from "./sieve.ts"
import type { Triples } from "./triple.ts"
import { vectorCode } from "./vector-code.ts"
import { WordTable, wordFactors } from "./word-table.ts"

/** What is used here of WebAssembly, which the types of Node do not have. */
interface WebAssembly {
  readonly Module: new (code: Uint8Array) => object
  readonly Memory: new (size: { initial: number }) => Memory
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  validate(code: Uint8Array): boolean
}

interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface Exports {
  readonly wordCount: { readonly value: number }
  readonly markCount: { readonly value: number }
  sift(from: number, length: number): number
}

const pageBytes = 65_536
/** The most that vectors read beyond the end. */
const spareBytes = 64
const roomFor = 4_096

/** Where all stands in the memory, as in vector-sieve.wat. */
const places = {
  marks: 0,
  before: 256,
  after: 512,
  plain: 768,
  gap: 1_024,
  joins: 1_280,
  leads: 1_536,
  alone: 2_560,
  doubled: 2_576,
  following: 2_592,
  preceding: 2_608,
  heldWords: 4_096,
  heldMarks: 20_480,
  heldKinds: 36_864,
  tables: 40_960,
} as const

/** `null` where there are no vectors: on processors without them, and without a compiler. */
export function vectorModule(): object | null {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssembly }
  const code = Buffer.from(vectorCode, "base64")
  return WebAssembly?.validate(code) ? new WebAssembly.Module(code) : null
}

/** The sieve in WebAssembly, which looks at 16 bytes at a time. The code is vector-sieve.wat. */
export class VectorSieve implements Sieve {
  readonly #memory: Memory
  readonly #exports: Exports
  /** Where the bytes begin that were joined. */
  readonly #start: number
  #all = new Uint8Array(0)
  #bytes = new Uint8Array(0)
  words = new Int32Array(0)
  marks = new Int32Array(0)
  kinds = new Uint8Array(0)

  /** @param module of {@link vectorModule}. */
  constructor(module: object, looked: ReadonlySet<number>, kinds: readonly MarkKind[], triples: Triples) {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssembly }
    const known = new WordTable(looked)
    const rarer = new WordTable(looked, wordFactors.second, 1)
    const knownAt = places.tables
    const rarerAt = knownAt + known.bits.byteLength
    const triplesAt = rarerAt + rarer.bits.byteLength
    this.#start = triplesAt + triples.places.length
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((this.#start + spareBytes) / pageBytes) })
    this.#view()
    this.#all.set(new Uint8Array(known.bits.buffer), knownAt)
    this.#all.set(new Uint8Array(rarer.bits.buffer), rarerAt)
    this.#all.set(triples.places, triplesAt)
    this.#setMarks(kinds)
    const sieve = {
      memory: this.#memory,
      ...{ known: knownAt, rarer: rarerAt, triples: triplesAt, bytes: this.#start },
      wide: bitsOf(kinds, ({ sight }) => sight?.width === 2),
      leading: bitsOf(kinds, ({ sight }) => sight?.leads != null),
      ...{ knownShift: known.shift, rarerShift: rarer.shift, tripleShift: triples.shift },
    }
    this.#exports = new WebAssembly.Instance(module, { sieve }).exports as Exports
  }

  get wordCount(): number {
    return this.#exports.wordCount.value
  }

  get markCount(): number {
    return this.#exports.markCount.value
  }

  join(first: Uint8Array, second: Uint8Array): Uint8Array {
    const length = first.length + second.length
    const missing = length + spareBytes - this.#bytes.length
    if (missing > 0) {
      this.#memory.grow(Math.ceil((missing + length) / pageBytes))
      this.#view()
    }
    this.#bytes.set(first)
    this.#bytes.set(second, first.length)
    this.#bytes.fill(0, length, length + spareBytes)
    return this.#bytes
  }

  sift(from: number, length: number): number {
    return this.#exports.sift(from, length)
  }

  /** Memory that has grown is another one for JavaScript. */
  #view(): void {
    const { buffer } = this.#memory
    this.#all = new Uint8Array(buffer)
    this.#bytes = this.#all.subarray(this.#start)
    this.words = new Int32Array(buffer, places.heldWords, roomFor)
    this.marks = new Int32Array(buffer, places.heldMarks, roomFor)
    this.kinds = new Uint8Array(buffer, places.heldKinds, roomFor)
  }

  #setMarks(kinds: readonly MarkKind[]): void {
    const { marks, before, after, plain, gap, joins } = new MarkTables(kinds)
    this.#all.set(marks, places.marks)
    this.#all.set(before, places.before)
    this.#all.set(after, places.after)
    this.#all.set(plain, places.plain)
    this.#all.set(gap, places.gap)
    this.#all.set(joins, places.joins)
    const leads = kinds.flatMap(({ sight }) => sight?.leads ?? [])
    if (leads.length > 1) throw new RangeError("only one kind of mark may lead to something")
    for (const one of leads) new Int32Array(this.#memory.buffer, places.leads).set(one)
    for (const { marks, before, after } of kinds) {
      if (before === null) this.#setMembers(after === marks ? places.doubled : places.alone, byteSet(marks))
      else {
        this.#setMembers(places.following, byteSet(marks))
        this.#setMembers(places.preceding, byteSet(before))
      }
    }
  }

  /** A set as vectors look it up: by the lower half of a byte, a bit for each upper half. */
  #setMembers(place: number, members: Uint8Array): void {
    const table = this.#all.subarray(place, place + 16)
    for (const byte of members) {
      if (byte > 0x7f) throw new RangeError("marks and what stands before one are ASCII")
      addBits(table, Uint8Array.of(byte & 15), 1 << (byte >> 4))
    }
  }
}

/** Of which kinds it is true, a bit for each. */
function bitsOf(kinds: readonly MarkKind[], holds: (kind: MarkKind) => boolean): number {
  return kinds.reduce((bits, kind, at) => bits | (holds(kind) ? 1 << at : 0), 0)
}
