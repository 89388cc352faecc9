import type { Timer } from "../../ports/clock.ts"

/** How often to ask what sends no events, how soon again after a failure, and how often to tell ages: milliseconds. */
export const pauseMs = {
  secrets: 60_000,
  lock: 5_000,
  cluster: 10_000,
  troubles: 1_000,
  ages: 60_000,
} as const

/** Does a work, and again so long after each end of it, until the signal aborts. */
export async function repeat(
  timer: Timer,
  ms: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work()
    await timer.sleep(ms, signal)
  }
}
