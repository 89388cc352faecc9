import type { Clock } from "./clock.ts"
import type { Pace } from "./pace.ts"
import type { Pod } from "./pod.ts"
import { isReady } from "./pod-status.ts"

/** Which pods have been ready for as long as `minReadySeconds` wants. Remembers since when it knows them as ready. */
export class Availability {
  readonly #clock: Clock
  readonly #pace: Pace
  readonly #since = new Map<string, number>()

  constructor(clock: Clock, pace: Pace) {
    this.#clock = clock
    this.#pace = pace
  }

  /** How many milliseconds it still has to be ready. @returns `null` when it is not ready. */
  remainingMs(pod: Pod, minReadySeconds = 0): number | null {
    const { uid } = pod.metadata
    if (!isReady(pod)) {
      this.#since.delete(uid)
      return null
    }
    const since = this.#since.get(uid) ?? this.#clock.now()
    this.#since.set(uid, since)
    return Math.max(0, since + minReadySeconds * this.#pace.secondMs - this.#clock.now())
  }

  isAvailable(pod: Pod, minReadySeconds = 0): boolean {
    return this.remainingMs(pod, minReadySeconds) === 0
  }

  /** After which time one more of the pods is available. @returns `null` when that is not a matter of time. */
  nextMs(pods: readonly Pod[], minReadySeconds = 0): number | null {
    const remaining = pods
      .map((pod) => this.remainingMs(pod, minReadySeconds))
      .filter((ms) => ms !== null && ms > 0) as number[]
    return remaining.length === 0 ? null : Math.min(...remaining)
  }
}
