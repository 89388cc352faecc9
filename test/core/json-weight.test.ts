import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { jsonExcess } from "../../src/core/json-weight.ts"

describe("the weight of a JSON text", () => {
  test.each([
    ["an array as deep as it may be", "[".repeat(100) + "]".repeat(100), null],
    ["an array a level deeper", "[".repeat(101) + "]".repeat(101), "is nested too deeply"],
    ["objects a level deeper", '{"a":'.repeat(101), "is nested too deeply"],
    ["half a million open brackets", "[".repeat(500_000), "is nested too deeply"],
    ["very many values", `[${"1,".repeat(60_000)}1]`, "has more than 50000 values"],
    ["very many empty objects", `[${"{},".repeat(60_000)}1]`, "has more than 50000 values"],
    ["marks inside a string", JSON.stringify({ a: '[{,\\"'.repeat(60_000) }), null],
    ["a string that ends in backslashes", JSON.stringify({ a: "\\".repeat(100_001), b: "," }), null],
    ["a string that never ends", `{"a":"${"[".repeat(1000)}`, null],
    ["no JSON", "[[]]]]]] ,,,", null],
  ])("of %s is told", (_, text, excess) => {
    expect(jsonExcess(text)).toBe(excess)
  })

  test("is no excess for any JSON of modest size, whatever its strings hold", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        expect(jsonExcess(json)).toBeNull()
      }),
    )
  })
})
