import type { RemoteClock } from "../../ports/clock.ts"

/** AWS's clock, by the `Date` of its last answer, which it gives to those that it refuses too. */
export class AwsClock implements RemoteClock {
  #aheadMs: number | null = null

  /** @param date the header; anything else than a date is passed over. @param atMs when the answer came, by our clock. */
  note(date: string | undefined, atMs: number): void {
    const theirs = Date.parse(date ?? "")
    if (!Number.isNaN(theirs)) this.#aheadMs = theirs - atMs
  }

  aheadMs(): number | null {
    return this.#aheadMs
  }
}
