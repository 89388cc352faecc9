const blank = 0x20
const highSurrogates = { lead: 0xed, from: 0xa0, to: 0xaf }

/** More than any one escape or entity yields. */
const spareBytes = 16

/** Decoded bytes, written into room that is used again and again. */
export class Output {
  bytes = new Uint8Array(0)
  size = 0
  /** From how many bytes on it is full. */
  most = 0

  /**
   * Empties it.
   *
   * @param room how many bytes {@link most} may become.
   */
  reset(most: number, room = most): void {
    if (this.bytes.length < room + spareBytes) this.bytes = new Uint8Array(room + spareBytes)
    this.size = 0
    this.most = most
  }

  get isFull(): boolean {
    return this.size >= this.most
  }

  byte(byte: number): void {
    this.bytes[this.size++] = byte
  }

  /** Several of these in a row count as one. */
  once(byte: number): void {
    if (this.bytes[this.size - 1] !== byte || this.size === 0) this.bytes[this.size++] = byte
  }

  /** A byte of text; any run of blanks and line breaks becomes one blank, because programs lay them out again. */
  text(byte: number): void {
    if (isBlank(byte)) this.once(blank)
    else this.bytes[this.size++] = byte
  }

  /** A character in UTF-8; the two halves of a surrogate pair are joined. */
  point(point: number): void {
    if (point < 0x80) this.text(point)
    else if (point < 0x800) this.#put(0xc0 | (point >> 6), point)
    else if (point >= 0xdc00 && point <= 0xdfff && this.#endsInHighSurrogate()) this.#join(point)
    else {
      if (point < 0x10000) this.byte(0xe0 | (point >> 12))
      else {
        this.byte(0xf0 | ((point >> 18) & 7))
        this.byte(0x80 | ((point >> 12) & 0x3f))
      }
      this.#put(0x80 | ((point >> 6) & 0x3f), point)
    }
  }

  #put(byte: number, last: number): void {
    this.byte(byte)
    this.byte(0x80 | (last & 0x3f))
  }

  #endsInHighSurrogate(): boolean {
    const second = this.bytes[this.size - 2] ?? 0
    const { lead, from, to } = highSurrogates
    return this.size >= 3 && this.bytes[this.size - 3] === lead && second >= from && second <= to
  }

  #join(low: number): void {
    const second = this.bytes[this.size - 2] ?? 0
    const third = this.bytes[this.size - 1] ?? 0
    this.size -= 3
    const high = ((second & 0x0f) << 6) | (third & 0x3f)
    this.point(0x10000 + (high << 10) + (low & 0x3ff))
  }
}

/** Blanks, tabs and whatever ends a line. */
export function isBlank(byte: number): boolean {
  return byte === blank || (byte >= 0x09 && byte <= 0x0d)
}

/** Where the next byte stands that is no blank, or `end`. */
export function afterBlanks(bytes: Uint8Array, at: number, end: number): number {
  let next = at
  while (next < end && isBlank(bytes[next] as number)) next++
  return next
}
