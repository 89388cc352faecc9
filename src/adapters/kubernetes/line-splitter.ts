import { NetworkFailure, ownCodes } from "./failure.ts"

const newline = 0x0a

/** Lines of a stream of bytes, however it is cut into pieces. What follows the last newline is no line yet. */
export class LineSplitter {
  readonly #maxBytes: number
  #pending: Uint8Array[] = []
  #pendingBytes = 0

  /** @param maxBytes of one line. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * @returns the lines that this piece completes, without their newlines.
   * @throws Failure when a line is too long.
   */
  push(chunk: Uint8Array): readonly string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end))
      lines.push(Buffer.concat(this.#pending).toString("utf8"))
      this.#pending = []
      this.#pendingBytes = 0
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
    return lines
  }

  #keep(piece: Uint8Array): void {
    this.#pendingBytes += piece.length
    if (this.#pendingBytes > this.#maxBytes) throw new NetworkFailure("", { code: ownCodes.tooLarge })
    if (piece.length > 0) this.#pending.push(piece)
  }
}
