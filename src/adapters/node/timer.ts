import { setTimeout as wait } from "node:timers/promises"
import type { Timer } from "../../ports/clock.ts"
import { nowMs } from "./monotonic.ts"

export const nodeTimer: Timer = {
  nowMs,
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
}
