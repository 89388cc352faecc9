const blockBytes = 512

/** Types of members that have no bytes of their own, whatever their size says: links, devices, folders, pipes. */
const bodiless = "123456"
/** Types that say something of the member after them: pax's, and GNU tar's for long names. */
const extending = "xgKL"

/** A name that the library loses, because it makes an object of the names. */
const lostName = "__proto__"

/** Reads along with the tar library, and keeps what that loses of the extended headers (POSIX pax). */
export class LostRecords {
  readonly #members: string[][] = []
  #block = Buffer.alloc(blockBytes)
  #filled = 0
  /** The bytes of the member at hand that are still to come, and those kept of them; `null` where none are. */
  #left = 0
  #body: Buffer[] | null = null
  #bodyBytes = 0
  #pending: string[] = []
  #size: number | null = null

  /** Passes a tar on, and looks at it. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#read(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      yield chunk
    }
  }

  /** What was lost of the next member, as `name=value`. Asked for once for each member, in their order. */
  next(): readonly string[] {
    return this.#members.shift() ?? []
  }

  #read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const want = this.#left > 0 ? this.#left : blockBytes - this.#filled
      const part = chunk.subarray(at, at + want)
      at += part.length
      if (this.#left > 0) this.#passBody(part)
      else this.#fillBlock(part)
    }
  }

  #passBody(part: Buffer): void {
    this.#body?.push(Buffer.from(part))
    this.#left -= part.length
    if (this.#left === 0 && this.#body !== null) this.#readRecords(Buffer.concat(this.#body))
  }

  #fillBlock(part: Buffer): void {
    part.copy(this.#block, this.#filled)
    this.#filled += part.length
    if (this.#filled < blockBytes) return
    this.#filled = 0
    if (this.#block[0] !== 0) this.#readHeader(this.#block)
  }

  #readHeader(block: Buffer): void {
    const type = String.fromCharCode(block[156] ?? 0)
    const isExtending = extending.includes(type)
    const size = (isExtending ? null : this.#size) ?? sizeIn(block)
    this.#bodyBytes = bodiless.includes(type) ? 0 : size
    this.#left = this.#bodyBytes + (-this.#bodyBytes & (blockBytes - 1))
    this.#body = type === "x" || type === "g" ? [] : null
    if (isExtending) return
    this.#members.push(this.#pending)
    this.#pending = []
    this.#size = null
  }

  #readRecords(body: Buffer): void {
    this.#body = null
    for (const [name, value] of recordsOf(body.subarray(0, this.#bodyBytes))) {
      if (name === lostName) this.#pending.push(`${name}=${value}`)
      if (name === "size" && /^\d+$/.test(value)) this.#size = Number(value)
    }
  }
}

/** In octal digits, or in binary where the first bit is set (GNU tar). */
function sizeIn(block: Buffer): number {
  const field = block.subarray(124, 136)
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4))
  return Number.parseInt(field.toString("latin1"), 8) || 0
}

/** Each begins with its own length in bytes: `13 name=value\n`. */
function* recordsOf(body: Buffer): Generator<readonly [string, string]> {
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(" ", at)
    const length = Number.parseInt(body.subarray(at, space).toString("latin1"), 10)
    if (space < 0 || !(length > 0)) return
    const record = body.subarray(space + 1, at + length - 1).toString()
    const equals = record.indexOf("=")
    if (equals > 0) yield [record.slice(0, equals), record.slice(equals + 1)]
    at += length
  }
}
