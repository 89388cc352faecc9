import { setTimeout as wait } from "node:timers/promises"
import type { Timer } from "../../ports/clock.ts"

export const nodeTimer: Timer = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
}
