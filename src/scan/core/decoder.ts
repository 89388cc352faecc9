import type { Output } from "./output.ts"

/** Bytes at which there may be something to undo. */
export interface Mark {
  readonly bytes: string
  /** One of these stands right before it; `null` when it does not matter. */
  readonly before: string | null
  /** One of these stands right after it; `null` for all that an encoded value may hold. */
  readonly after: string | null
}

/** From where up to where, in bytes. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** Undoes one way of writing text, so that what is looked for stands there plainly. */
export interface Decoder {
  /** Where there is none of these, there is nothing to undo. */
  readonly marks: readonly Mark[]
  /** How the mark is written where it stands for itself: the mark is its first character; `null` when it never does. */
  readonly escaped: string | null
  /**
   * Whether what stands around the mark at `at` is worth to be decoded.
   *
   * @param shortest how many bytes it must yield, with those around, to be of use.
   */
  matters(bytes: Uint8Array, at: number, end: number, shortest: number): boolean
  /** What may stand in an encoded text beside the characters of the text. */
  readonly syntax: string
  /**
   * The bytes around a mark that may be one encoded text, where these are not simply all of its syntax.
   *
   * @param reach how far the marks of one text are apart, at most.
   */
  around?(bytes: Uint8Array, mark: number, length: number, reach: number): Stretch
  /** Writes what the bytes from `start` up to `end` stand for. */
  decode(bytes: Uint8Array, start: number, end: number, output: Output): void
}
