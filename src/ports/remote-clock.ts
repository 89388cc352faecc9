/** What the remotes' clocks showed, beside this machine's. */
export interface RemoteClock {
  /** By how much theirs is ahead of ours, in milliseconds; `null` until something has answered. */
  aheadMs(): number | null
}
