/** Time as a process feels it. */
export interface Timer {
  /** Milliseconds since some moment before; never goes back. */
  nowMs(): number
  /** Ends early, and without a failure, when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}
