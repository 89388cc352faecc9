import { nowMs } from "../adapters/node/monotonic.ts"
import { EnvsealError } from "../core/error.ts"
import { CurrentActivity } from "./activity.ts"

/**
 * The time that a command has. Nothing outlasts it: neither a file that never ends, nor a remote that accepts and
 * never answers.
 */
export class Deadline {
  readonly activity = new CurrentActivity()
  readonly #limitMs: number
  readonly #startedAt = nowMs()

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  remainingMs(): number {
    return Math.max(0, this.#limitMs - (nowMs() - this.#startedAt))
  }

  /**
   * The result of `work`, or a failure once the time is over, whatever the work is waiting for. Which failure it is
   * depends on what the remote did, and not on how fast this machine is.
   *
   * @throws EnvsealError `TIMED_OUT`, or `REMOTE_FAILED` when the remote answered, and always with a failure. The
   * work goes on in the background: end the process soon.
   */
  async race<T>(what: string, work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(this.#over(what)), this.remainingMs())
    try {
      return await Promise.race([work, promise])
    } catch (error) {
      const remote = error instanceof EnvsealError && error.code === "REMOTE_FAILED"
      throw remote && this.remainingMs() === 0 ? this.#over(what) : error
    } finally {
      clearTimeout(timer)
    }
  }

  #over(what: string): EnvsealError {
    const waited = this.activity.describe()
    const on = waited === null ? "" : `: it waited for ${waited}`
    const code = this.activity.answered ? "REMOTE_FAILED" : "TIMED_OUT"
    return new EnvsealError(code, `${what} did not end within ${this.#limitMs} ms${on}`, {
      hint: `look at what it ${waited === null ? "reads from" : "waited for"}; --timeout changes the limit`,
    })
  }
}
