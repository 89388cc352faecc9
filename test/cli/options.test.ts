import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseDuration } from "../../src/cli/options.ts"

describe("A duration on the command line", () => {
  const units = { ms: 1, s: 1_000, m: 60_000 } as const
  const hoursMs = 48 * 3_600_000

  test("is its number in its unit, up to 48 hours, and refused beyond", () => {
    const unit = fc.constantFrom<keyof typeof units>("ms", "s", "m")
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), unit, (number, name) => {
        const milliseconds = number * units[name]
        const text = `${number}${name}`
        if (milliseconds > 0 && milliseconds <= hoursMs) expect(parseDuration(text)).toBe(milliseconds)
        else expect(() => parseDuration(text)).toThrow("at most 48 hours")
      }),
    )
  })

  // A timer of 2^31 ms and more ends at once.
  test.each(["40000m", "2881m", "172801s", "0s", "-1s", "1", "1h", "1.5s", "", " 1s"])(
    "is not %j",
    (text) => {
      expect(() => parseDuration(text)).toThrow("at most 48 hours")
    },
  )
})
