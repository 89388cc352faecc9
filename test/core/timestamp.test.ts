import fc from "fast-check"
import { expect, test } from "vitest"
import { readTimestamp } from "../../src/core/timestamp.ts"
import { runs } from "../dotenv/values.ts"

test("a time in UTC is the same again", () => {
  const time = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(time, (date) => {
      expect(readTimestamp(date.toISOString())).toBe(date.toISOString())
    }),
    runs(200),
  )
})

test.each([
  ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
  ["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678Z"],
  ["2026-01-02T01:04:05+02:30", "2026-01-01T22:34:05.000Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
])("%s is %s", (text, time) => {
  expect(readTimestamp(text)).toBe(time)
})

test.each([
  ...["", "unknown", "null", "1767322800", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05"],
  ...["2026-01-02T03:04Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-02T24:00:01Z"],
  ...[
    "2026-01-02T03:04:60Z",
    "2026-01-02T03:04:05+99:00",
    "2026-01-02T03:04:05Z\n",
    "+002026-01-02T03:04:05Z",
  ],
])("%j is no time", (text) => {
  expect(readTimestamp(text)).toBeNull()
})
