/** How the state of a build is asked for. */
export interface Poll {
  /** Milliseconds of the run. */
  readonly dueMs: number
  /** Number of the question whose answer is awaited; `null` when none is. */
  readonly asked: number | null
  /** How often in a row the service said that it is asked too often. */
  readonly throttled: number
  /** Since when there has been no answer; `null` while there is. */
  readonly silentSinceMs: number | null
}

const quickMs = 2_000
const usualMs = 5_000
const longestMs = 60_000
const jitter = 0.2

/** A build spends most of its time here; all other phases end soon. */
const longPhases = ["INSTALL", "PRE_BUILD", "BUILD"]

/**
 * How long to wait before the build is asked for again, in milliseconds.
 *
 * @param everyMs what the user wants it to be; `null` leaves it to the phase.
 * @param random from 0 up to 1, so that many who wait do not ask at the same moment.
 */
export function pollDelayMs(
  phase: string,
  throttled: number,
  everyMs: number | null,
  random: number,
): number {
  const base = everyMs ?? (longPhases.includes(phase) ? usualMs : quickMs)
  const spread = base * (1 + jitter * (2 * random - 1))
  return throttled === 0 ? spread : Math.max(spread, Math.min(longestMs, spread * 2 ** throttled))
}
