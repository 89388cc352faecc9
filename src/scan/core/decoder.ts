import type { MarkKind } from "./mark-kind.ts"
import type { Output } from "./output.ts"

/** Bytes at which there may be something to undo. */
export interface Mark extends Omit<MarkKind, "marks" | "after"> {
  readonly bytes: string
  /** One of these stands right after it; `null` for all that an encoded value may hold. */
  readonly after: string | null
}

/** Answers of {@link Decoder.lead}. */
export const joinsNothing = -1
export const unclear = -2

/** An answer of it: the byte that a mark yields, and how many bytes from the mark on stand for it. */
export function leadOf(byte: number, length: number): number {
  return byte | (length << 8)
}

/** Undoes one way of writing text, so that what is looked for stands there plainly. */
export interface Decoder {
  /** Where there is none of these, there is nothing to undo. */
  readonly marks: readonly Mark[]
  /** What a text has, in Latin-1, that is not the same decoded. */
  readonly changes: RegExp
  /** How the mark is written where it stands for itself: the mark is its first character; `null` when it never does. */
  readonly escaped: string | null
  /**
   * Whether what stands around the mark at `at` is worth to be decoded.
   *
   * @param shortest how many bytes it must yield, with those around, to be of use.
   */
  matters(bytes: Uint8Array, at: number, end: number, shortest: number): boolean
  /**
   * What a mark leads to, or the first byte of one that is none here, where that is one byte and plain to see, in the form
   * of {@link leadOf}. {@link joinsNothing} when no text goes on over it; {@link unclear} when only decoding tells.
   */
  lead(bytes: Uint8Array, mark: number, length: number): number
  /** What may stand in an encoded text beside the characters of the text. */
  readonly syntax: string
  /** What an encoded text consists of between two marks, where this is not all that may stand in it. */
  readonly text?: string
  /** Where the text ends that a mark follows; at the mark itself when it is left out. */
  textEnd?(bytes: Uint8Array, mark: number): number
  /**
   * Writes what the bytes from `start` stand for: up to `end`, until the output is full, or up to a byte that cannot
   * stand in one text with those before.
   *
   * @param members by byte: 1 when it may stand in the text.
   * @returns where it stopped.
   */
  decode(bytes: Uint8Array, start: number, end: number, output: Output, members: Uint8Array): number
}
