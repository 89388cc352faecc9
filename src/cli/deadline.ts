import { EnvsealError } from "../core/error.ts"
import { CurrentActivity } from "./activity.ts"

/**
 * The time that a command has. Nothing outlasts it: neither a file that never ends, nor a remote that accepts and
 * never answers.
 */
export class Deadline {
  readonly activity = new CurrentActivity()
  readonly #limitMs: number
  readonly #startedAt = performance.now()

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  remainingMs(): number {
    return Math.max(0, this.#limitMs - (performance.now() - this.#startedAt))
  }

  /**
   * The result of `work`, or a failure once the time is over, whatever the work is waiting for.
   *
   * @throws EnvsealError `TIMED_OUT`. The work goes on in the background: end the process soon.
   */
  async race<T>(what: string, work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(this.#timedOut(what)), this.remainingMs())
    try {
      return await Promise.race([work, promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #timedOut(what: string): EnvsealError {
    const waited = this.activity.describe()
    const on = waited === null ? "" : `: it waited for ${waited}`
    return new EnvsealError("TIMED_OUT", `${what} did not end within ${this.#limitMs} ms${on}`, {
      hint: `look at what it ${waited === null ? "reads from" : "waited for"}; --timeout changes the limit`,
    })
  }
}
