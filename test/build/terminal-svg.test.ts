import { describe, expect, test } from "vitest"
import { linesOfSvg, terminalSvg } from "../../build/terminal-svg.ts"

const plain = { colour: null, bold: false, dim: false }

describe("a picture of a terminal", () => {
  test("gives back the lines that it was made of, whatever stands in them", () => {
    const rows = [
      [{ column: 0, text: "$ a <b> & c", ...plain }],
      [],
      [
        { column: 2, text: "two", ...plain, colour: 2 },
        { column: 9, text: "words", ...plain, bold: true },
      ],
    ]
    expect(linesOfSvg(terminalSvg(rows, "a & b", 40))).toEqual(["$ a <b> & c", "  two    words"])
  })

  test("is as wide as its columns, and as high as its lines", () => {
    const size = (columns: number, count: number) => {
      const svg = terminalSvg(Array(count).fill([]), "none", columns)
      return (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).slice(1).map(Number)
    }
    const [width = 0, height = 0] = size(80, 10)
    expect(size(90, 10)[0]).toBeGreaterThan(width)
    expect(size(80, 12)).toEqual([width, height + 2 * 19])
  })
})
