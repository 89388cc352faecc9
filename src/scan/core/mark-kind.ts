/** Bytes at which decoding may begin to matter, and what must stand beside one. */
export interface MarkKind {
  readonly marks: string
  /** One of these right before it; `null` when it does not matter. */
  readonly before: string | null
  /** One of these right after it. */
  readonly after: string | Uint8Array
  /** How much of a text around a mark is plain to see; left out where only decoding tells. */
  readonly sight?: MarkSight
}

/** What the bytes around a mark are, so that a text is seen to go on over it, or not. */
export interface MarkSight {
  /** How many bytes are the mark; what follows them belongs to the text. */
  readonly width: 1 | 2
  /** By the byte after the mark: the byte that both stand for, or -1 where that does not decide. `null` for a mark that is nothing. */
  readonly leads: Int32Array | null
  /** What stands for itself in a text. */
  readonly plain: string | Uint8Array
  /** What is nothing beside the mark, and ends the text elsewhere, unless {@link joins} has it too. */
  readonly gap: string
  /** Of what only decoding tells whether a text goes on over it; `null` for all that is not plain. Other bytes end the text. */
  readonly joins: string | null
}

/** What each byte is to eight kinds of marks or fewer, a bit for each kind. */
export class MarkTables {
  /** Of which kinds it may be a mark. */
  readonly marks = new Uint8Array(256)
  /** Of which it may stand right before one, and right after one. */
  readonly before = new Uint8Array(256)
  readonly after = new Uint8Array(256)
  /** For which it is plain, a gap, and joins, see {@link MarkSight}. */
  readonly plain = new Uint8Array(256)
  readonly gap = new Uint8Array(256)
  readonly joins = new Uint8Array(256)
  /** For which it stands for itself right after a mark that is nothing then. */
  readonly lone = new Uint8Array(256)

  constructor(kinds: readonly MarkKind[]) {
    for (const [kind, { marks, before, after, sight = blind }] of kinds.entries()) {
      addBits(this.marks, byteSet(marks), 1 << kind)
      addBits(this.before, byteSet(before), 1 << kind)
      addBits(this.after, byteSet(after), 1 << kind)
      this.#addSight(sight, 1 << kind)
    }
  }

  #addSight({ width, leads, plain, gap, joins }: MarkSight, bit: number): void {
    const own = byteSet(plain)
    addBits(this.plain, own, bit)
    addBits(this.gap, byteSet(gap), bit)
    addBits(
      this.joins,
      joins === null ? everyByte.filter((byte) => !own.includes(byte)) : byteSet(joins),
      bit,
    )
    if (width === 1)
      addBits(this.lone, leads === null ? own : own.filter((byte) => leads[byte] === byte), bit)
  }
}

const blind: MarkSight = { width: 1, leads: null, plain: "", gap: "", joins: null }

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** @param bytes `null` for every byte. */
export function byteSet(bytes: string | Uint8Array | null): Uint8Array {
  if (bytes === null) return everyByte
  return typeof bytes === "string" ? Buffer.from(bytes) : bytes
}

export function addBits(table: Uint8Array, bytes: Uint8Array, bits: number): void {
  for (const byte of bytes) table[byte] = (table[byte] ?? 0) | bits
}
