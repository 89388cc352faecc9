/**
 * Holds back the few words of four bytes that are worth a closer look: because they are looked for, or because a mark is
 * in them. Words stand at multiples of four, so that one is read at once, and what the sieve finds in one says nothing
 * of where it looks next: a processor takes several at a time.
 */
export interface Sieve {
  /** What was held back: where words stand that are looked for or, now and then, have the hash of one. */
  readonly words: Int32Array
  readonly wordCount: number
  /** And where marks stand, with the kinds that each is of, a bit for each. */
  readonly marks: Int32Array
  readonly kinds: Uint8Array
  readonly markCount: number
  /** Two pieces as one, in room that is used again and again. There may be more of it. */
  join(first: Uint8Array, second: Uint8Array): Uint8Array
  /**
   * Holds back what is worth a look among the first `length` bytes of what was joined, in order.
   *
   * @param from where it begins: 0, or what it returned.
   * @returns where to go on, because there is no room for more; `length` or more at the end.
   */
  sift(from: number, length: number): number
}
