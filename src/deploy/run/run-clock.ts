import type { Clock, Timer } from "../../ports/clock.ts"

/** A wall clock that is put right by less than this is not taken for a machine that slept, in milliseconds. */
const correctionMs = 1_000

/**
 * The time of a run, which begins at 0 and never goes back. It counts the time that the machine slept too: a process
 * does not feel that (`CLOCK_MONOTONIC` stands still), but the wall clock has gone on.
 */
export class RunClock {
  readonly #ports: { readonly timer: Timer; readonly clock: Clock }
  #feltMs: number
  #wallMs: number
  #nowMs = 0

  constructor(ports: { readonly timer: Timer; readonly clock: Clock }) {
    this.#ports = ports
    this.#feltMs = ports.timer.nowMs()
    this.#wallMs = ports.clock.now().getTime()
  }

  nowMs(): number {
    const feltMs = this.#ports.timer.nowMs()
    const wallMs = this.#ports.clock.now().getTime()
    const felt = feltMs - this.#feltMs
    const wall = wallMs - this.#wallMs
    this.#feltMs = feltMs
    this.#wallMs = wallMs
    this.#nowMs += wall - felt > correctionMs ? wall : felt
    return this.#nowMs
  }
}
