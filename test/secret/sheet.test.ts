import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { Secret } from "../../src/core/secret.ts"
import { readDotenv } from "../../src/dotenv/read.ts"
import { writeDotenv } from "../../src/dotenv/write.ts"
import { isEmptied, mistakeRemarks, parseableText, remarkedSheet } from "../../src/secret/core/sheet.ts"
import { runs } from "../dotenv/values.ts"

const told = fc.oneof(
  fc.string(),
  fc.constantFrom('close the quote after ="', "a\nb", "\u202e", "x ".repeat(200)),
)
const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,8}$/), { minLength: 1, maxLength: 5 })

describe("remarks", () => {
  test("change no value, wherever they stand and whatever they say", () => {
    const remark = fc.record({ line: fc.option(fc.integer({ min: 1, max: 12 })), text: told })
    const property = fc.property(
      names,
      fc.string({ unit: "grapheme" }),
      fc.array(remark),
      told,
      (all, value, remarks, head) => {
        const entries = all.map((name) => ({ name, kind: "string", value: new Secret(value) }) as const)
        const { text } = writeDotenv(entries)
        // A value that spans lines has no place for a comment, and none is put there: its line is the first.
        fc.pre(text !== null && text.split("\n").length === all.length + 1)
        const sheet = remarkedSheet(text, "dotenv", { top: [head], remarks, before: "" })
        for (const dialect of ["5.4", "5.5"] as const) {
          const read = readDotenv(sheet.text, dialect).map((line) => [line.name, line.value])
          expect(read).toEqual(entries.map((entry) => [entry.name, value]))
        }
        const again = remarkedSheet(sheet.text, "dotenv", { top: [], remarks: [], before: sheet.text })
        expect(again.text).toBe(text)
      },
    )
    fc.assert(property, runs(500))
  })

  test("fit into 80 columns, and leave a comment alone that somebody wrote", () => {
    const text = "# envseal: mine\nA=1\n"
    const sheet = remarkedSheet(text, "dotenv", {
      top: ["word ".repeat(40).trim()],
      remarks: [{ line: 2, text: "wrong" }],
      before: "",
    })
    const lines = sheet.text.split("\n")
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines.slice(-4)).toEqual(["# envseal: mine", "# envseal: wrong", "A=1", ""])
    expect(sheet.line).toBe(lines.indexOf("A=1") + 1)
    const next = remarkedSheet(sheet.text, "dotenv", { top: [], remarks: [], before: "# envseal: wrong" })
    expect(next.text).toContain("# envseal: mine\n")
    expect(next.text).not.toContain("wrong")
  })

  test("show a value as it is only where a comment can hold it", () => {
    const shown = (quoted: string) =>
      remarkedSheet("A=1\n", "dotenv", {
        top: [],
        remarks: [{ line: 1, text: "both", quoted: new Secret(quoted) }],
        before: "",
      }).text
    expect(shown("A='  2'")).toBe("# envseal: both\n# envseal:   A='  2'\nA=1\n")
    expect(shown('A="2')).toBe("# envseal: both\nA=1\n")
    expect(shown("A='\n'")).toBe("# envseal: both\nA=1\n")
  })
})

describe("a mistake", () => {
  test("of several names is told at the line of each, the last one where a name stands twice", () => {
    const problems = [
      { code: "DUPLICATE_NAME", name: "B", reason: "stands twice" },
      { code: "MISSING_NAME", name: "C", reason: "is not there" },
    ] as const
    const error = new EnvsealError("SECRET_REFUSED", "refused", { problems })
    expect(mistakeRemarks(error, "B=1\nA=1\nexport B=2\n", "dotenv", "the text")).toEqual([
      { line: 3, text: "B stands twice" },
      { line: null, text: "C is not there" },
    ])
    const json = '// envseal: x\n{"B":1,\n"A":1,\n"B":2}\n'
    expect(mistakeRemarks(error, json, "json", "the text").map(({ line }) => line)).toEqual([4, null])
    expect(mistakeRemarks(error, "{", "json", "the text").map(({ line }) => line)).toEqual([null, null])
  })

  test("of very many names is told for the first of them, with how many there are", () => {
    const problems = Array.from({ length: 5_000 }, (_, at) => {
      return { code: "BAD_NAME", name: `a-${at}`, reason: "is bad" } as const
    })
    const error = new EnvsealError("SECRET_REFUSED", "refused", { problems })
    const remarks = mistakeRemarks(
      error,
      problems.map(({ name }) => `${name}=1\n`).join(""),
      "dotenv",
      "the text",
    )
    expect(remarks).toHaveLength(21)
    expect(remarks[19]).toEqual({ line: 20, text: "a-19 is bad" })
    expect(remarks[20]).toEqual({ line: null, text: "There are 4980 more mistakes." })
  })

  test("of the text is told without its place, which is where it is told", () => {
    const error = new EnvsealError("DOTENV_MALFORMED", "the text:2: no name", { hint: "quote it", line: 2 })
    expect(mistakeRemarks(error, "A=1\n=\n", "dotenv", "the text")).toEqual([
      { line: 2, text: "no name; quote it" },
    ])
  })
})

test.each([
  ["", "dotenv", true],
  ["# envseal: x\n\n# mine\n", "dotenv", true],
  ["A=\n", "dotenv", false],
  ["// envseal: x\n\n", "json", true],
  ["{}\n", "json", false],
] as const)("%j as %s is emptied: %s", (text, format, isIt) => expect(isEmptied(text, format)).toBe(isIt))

test("JSON is parsed without the remarks, and its lines keep their numbers", () => {
  expect(parseableText('// envseal: a\n{"A":\n// envseal: b\n1}', "json")).toBe('\n{"A":\n\n1}')
})
