import type { LocalClock } from "../../ports/clock.ts"

/** This machine's clock, in the time zone of `TZ`, or else of the machine. */
export const nodeClock: LocalClock = {
  now: () => new Date(),
  offsetMinutes: (atMs) => -new Date(atMs).getTimezoneOffset(),
}
