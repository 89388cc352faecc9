import fc from "fast-check"
import { expect, test } from "vitest"
import { wrap } from "../../src/cli/wrap.ts"

test.each([
  ["short", 10, ["short"]],
  ["one two three", 8, ["one two", "  three"]],
  ["  one two three", 9, ["  one two", "    three"]],
  ["a/very/long/word two", 8, ["a/very/long/word", "  two"]],
  ["see a/very/long/word", 8, ["see a/very/long/word"]],
  ["a  padded  row", 11, ["a  padded", "  row"]],
])("%j at %d columns is %j", (line, columns, lines) => {
  expect(wrap(line, { columns })).toEqual(lines)
})

test("no line is longer than the terminal but for a word that is, and no word is lost or broken", () => {
  const word = fc.stringMatching(/^[a-z/]{1,30}$/)
  const input = fc.record({
    words: fc.array(word, { minLength: 1 }),
    columns: fc.integer({ min: 8, max: 40 }),
  })
  fc.assert(
    fc.property(input, ({ words, columns }) => {
      const lines = wrap(words.join(" "), { columns })
      expect(lines.flatMap((line) => line.trim().split(" "))).toEqual(words)
      for (const line of lines) {
        const long = line
          .trim()
          .split(" ")
          .some((one) => one.length > columns - 2)
        if (!long) expect(line.length).toBeLessThanOrEqual(columns)
      }
    }),
  )
})

test("where words are broken, no line is longer than the terminal, and no character is lost", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 })
  fc.assert(
    fc.property(words, fc.integer({ min: 4, max: 40 }), (list, columns) => {
      const lines = wrap(`  ${list.join(" ")}`, { columns, indent: "  ", breakWords: true })
      expect(lines.join("").replaceAll(" ", "")).toBe(list.join(""))
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(columns)
        expect(line).toMatch(/^ {2}\S/)
      }
    }),
  )
})

test.each([
  ["abcdef gh", 4, ["abcd", "ef", "gh"]],
  ["abc def", Number.POSITIVE_INFINITY, ["abc def"]],
  ["ab  ", 3, ["ab"]],
])("%j with broken words at %d columns is %j", (line, columns, lines) => {
  expect(wrap(line, { columns, indent: "", breakWords: true })).toEqual(lines)
})
