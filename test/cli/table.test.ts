import { describe, expect, test } from "vitest"
import { inWidth, tableLines } from "../../src/cli/table.ts"

describe("a table", () => {
  test("has its columns below one another, and no blanks at the ends of its lines", () => {
    expect(
      tableLines(
        [
          ["a", "long", ""],
          ["name", "x", "end"],
        ],
        { indent: "  " },
      ),
    ).toEqual(["  a     long", "  name  x     end"])
  })

  test("leaves out a column that is empty in every row", () => {
    const rows = [
      ["a", "", "b"],
      ["c", "", "d"],
    ]
    expect(tableLines(rows, { indent: "" })).toEqual(["a  b", "c  d"])
    expect(tableLines([], { indent: "" })).toEqual([])
  })

  test("cuts what is wider than its column may be", () => {
    expect(tableLines([["name", "0123456789"]], { indent: "", widest: [8, 4] })).toEqual(["name  012…"])
  })

  test("cuts its first column to what a terminal leaves, but not to less than 10", () => {
    const rows = [["a-very-long-workload", "done"]]
    expect(tableLines(rows, { indent: "  ", columns: 20 })).toEqual(["  a-very-long…  done"])
    expect(tableLines(rows, { indent: "  ", columns: 5 })).toEqual(["  a-very-lo…  done"])
  })

  test("paints the text of a cell, and not the blanks after it", () => {
    const rows = [
      [{ text: "a", colour: "31" }, "b"],
      ["name", "x"],
    ]
    const paint = (colour: string, text: string) => `<${colour}>${text}</>`
    expect(tableLines(rows, { indent: "", paint })).toEqual(["<31>a</>     b", "name  x"])
  })
})

test.each([
  ["ab", "ab  "],
  ["abcd", "abcd"],
  ["abcdef", "abc…"],
])("%j in 4 columns is %j", (text, fitted) => {
  expect(inWidth(text, 4)).toBe(fitted)
})
