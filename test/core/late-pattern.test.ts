import { expect, test } from "vitest"
import { latePattern } from "../../src/core/late-pattern.ts"

test("a late pattern is made at its first use, once, as a pattern in the code would be", () => {
  const digits = latePattern(String.raw`\p{Nd}+`, "gu")
  expect(digits()).toEqual(/\p{Nd}+/gu)
  expect(digits()).toBe(digits())
})

test("a wrong pattern is told where it is used, and not where it is written", () => {
  const wrong = latePattern("(", "u")
  expect(wrong).toThrow(SyntaxError)
})
