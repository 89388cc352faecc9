import { expect, test } from "vitest"
import { resealTable } from "./summary.ts"
import { isReady } from "./trip.ts"

const round = (build: number, bytes: number) => ({ build, ready: build + 5, verdict: build + 16, bytes })

test("The table has medians of each way with their bounds, and bytes in the unit that shows them.", () => {
  const [full, reseal] = resealTable({
    build: [round(30, 12_345_678), round(10, 12_345_678), round(20, 12_345_678)],
    reseal: [round(1, 4_321), round(2, 4_321), round(3, 4_321)],
  })
    .split("\n")
    .slice(2)
  expect(full).toContain("| 20.0 (10.0 to 30.0) | 25.0 (15.0 to 35.0) | 36.0 (26.0 to 46.0) | 12.3 MB |")
  expect(reseal).toContain("| 2.0 (1.0 to 3.0) | 7.0 (6.0 to 8.0) | 18.0 (17.0 to 19.0) | 4.3 KB |")
})

test("All pods are new and ready when as many are as there are meant to be, and none is old.", () => {
  const line = (total: number, updated: number, ready: number, old: number) =>
    JSON.stringify({ type: "rollout", counts: { total, updated, ready, old } })
  expect(isReady(line(2, 2, 2, 0))).toBe(true)
  for (const other of [
    line(2, 2, 1, 0),
    line(2, 2, 2, 1),
    line(2, 1, 1, 1),
    line(0, 0, 0, 0),
    '{"type":"locked"}',
  ])
    expect(isReady(other)).toBe(false)
})
