import type { Activity } from "../ports/log.ts"

/** Keeps what the process waits for, for the message of a deadline. */
export class CurrentActivity implements Activity {
  #what: string | null = null
  #why: string | null = null
  #answered = false

  begin(what: string): void {
    this.#what = what
    this.#why = null
    this.#answered = false
  }

  failed(why: string, answered: boolean): void {
    this.#why = why
    this.#answered = answered
  }

  /** Whether the last failure was an answer, and not silence. */
  get answered(): boolean {
    return this.#answered
  }

  /** Such as `KMS in eu-west-1 (its last answer: connection refused)`, or `null` when nothing has begun. */
  describe(): string | null {
    if (this.#what === null || this.#why === null) return this.#what
    return `${this.#what} (last: ${this.#why})`
  }
}
