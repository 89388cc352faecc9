export interface Clock {
  now(): Date
}

/** A clock that knows where it hangs. */
export interface LocalClock extends Clock {
  /** By how many minutes the local time is ahead of UTC at a moment, in milliseconds since the epoch. */
  offsetMinutes(atMs: number): number
}

/** Time as a process feels it. */
export interface Timer {
  /** Milliseconds since some moment before; never goes back. */
  nowMs(): number
  /** Ends early, and without a failure, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** What the remotes' clocks showed, beside this machine's. */
export interface RemoteClock {
  /** By how much theirs is ahead of ours, in milliseconds; `null` until something has answered. */
  aheadMs(): number | null
}
