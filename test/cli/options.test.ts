import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseDuration, parseLength, parseMode } from "../../src/cli/options.ts"

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

describe("The mode of a file on the command line", () => {
  test.each([
    ["0400", 0o400],
    ["400", 0o400],
    ["0440", 0o440],
    ["0640", 0o640],
    ["0700", 0o700],
    ["777", 0o777],
  ])("is the bits of %s", (text, mode) => {
    expect(parseMode(text)).toBe(mode)
  })

  test.each(["0000", "0040", "0044", "0200", "0300", "0377", "077"])(
    "is not %s, which its owner could not read",
    (text) => {
      expect(() => parseMode(text)).toThrow("lets the owner read")
    },
  )

  test.each(["", "4", "40", "0o400", "1400", "00400", "0480", "u=r", "-400", " 400", "400 "])(
    "is not %j, which is no mode",
    (text) => {
      expect(() => parseMode(text)).toThrow("in octal")
    },
  )
})

describe("A length on the command line", () => {
  test.each([
    ["4", 4],
    ["0010", 10],
    ["1000", 1_000],
  ])("is the number %s", (text, length) => {
    expect(parseLength(text)).toBe(length)
  })

  test.each(["", "3", "1001", "10000", "-5", "5.5", "1e2", " 5"])("is not %j", (text) => {
    expect(() => parseLength(text)).toThrow("from 4 to 1000")
  })
})
