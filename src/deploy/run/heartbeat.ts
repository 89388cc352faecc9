import type { Clock, Timer } from "../../ports/clock.ts"
import { jumpMs } from "../core/watching.ts"
import { RunClock } from "./run-clock.ts"

/** Knows whether the run stood still: then one beat comes more than `jumpMs` after the one before. */
export class Heartbeat {
  readonly #clock: RunClock
  #lastMs = 0
  #stops = 0

  constructor(ports: { readonly timer: Timer; readonly clock: Clock }) {
    this.#clock = new RunClock(ports)
  }

  /** The run goes on at this moment. */
  beat(): void {
    const nowMs = this.#clock.nowMs()
    if (nowMs - this.#lastMs > jumpMs) this.#stops += 1
    this.#lastMs = nowMs
  }

  /** @returns what tells, whenever it is asked, whether the run stood still since this moment. */
  begin(): () => boolean {
    this.beat()
    const stops = this.#stops
    return () => {
      this.beat()
      return this.#stops !== stops
    }
  }
}
