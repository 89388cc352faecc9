import { setTimeout as wait } from "node:timers/promises"
import { expect, test } from "vitest"
import { nowMs } from "../../../src/adapters/node/monotonic.ts"

test("the clock counts milliseconds, and never goes back", async () => {
  const [own, other] = [nowMs(), performance.now()]
  await wait(20)
  const passed = nowMs() - own
  expect(passed).toBeGreaterThanOrEqual(19)
  expect(passed).toBeLessThanOrEqual(performance.now() - other + 1)
  let last = nowMs()
  for (let count = 0; count < 1_000; count++) {
    const now = nowMs()
    expect(now).toBeGreaterThanOrEqual(last)
    last = now
  }
})
