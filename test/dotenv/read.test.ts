import { inspect } from "node:util"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { type Dialect, parseEntry, readDotenv } from "../../src/dotenv/read.ts"
import { hostileValue, runs } from "./values.ts"

const dialects: readonly Dialect[] = ["5.4", "5.5"]

/** Each entry as `NAME=value` with the value as read, or as `NAME` where it has none. */
function entries(text: string, dialect: Dialect = "5.5"): string[] {
  return readDotenv(text, dialect).map(({ name, value }) => (value === null ? name : `${name}=${value}`))
}

function failure(text: string, dialect: Dialect = "5.5"): EnvsealError {
  try {
    readDotenv(text, dialect)
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
  throw new Error("the text was read")
}

describe.each(dialects)("phpdotenv %s", (dialect) => {
  test.each<[string, string, string[]]>([
    ["an empty text as nothing", "", []],
    ["blank lines and comments as nothing", "\n \t\n# c\n  # d\n\v\n", []],
    ["a byte order mark as no part of the first name", "\uFEFFA=1", ["A=1"]],
    ["LF, CRLF and CR as line ends", "A=1\nB=2\r\nC=3\rD=4", ["A=1", "B=2", "C=3", "D=4"]],
    ["a name without = as unset", "A", ["A"]],
    ["an empty value as an empty string", "A=\nB=''\nC=\"\"", ["A=", "B=", "C="]],
    ["a name used twice as two entries in order (F8)", "K=x\nK=v", ["K=x", "K=v"]],
    ["blanks around = as no part of name and value (F10)", " K \t=\t v \n", ["K=v"]],
    ["a quoted line after an empty value as a name (F9)", 'K=\n"x"', ["K=", "x"]],
    ["a quoted name without its quotes", "'A'=1\n\"B\"=2", ["A=1", "B=2"]],
    ["dots and digits as parts of a name", "1.a_B=x", ["1.a_B=x"]],
    ["export before a name of two letters and more", "export AB=1", ["AB=1"]],
    ["only the first = as the separator", "K=a=b==", ["K=a=b=="]],
  ])("reads %s", (_, text, expected) => expect(entries(text, dialect)).toEqual(expected))

  test.each([
    ["up to a #, even in a word", "a#b", "a"],
    ["as empty when it starts with #", "#abc", ""],
    ["up to a blank and a comment", "a # b", "a"],
    ["with quotes and backslashes that are not first", "a\"b'c\\d", "a\"b'c\\d"],
    ["with backslash and n as two characters", "a\\nb", "a\\nb"],
    [
      "with other characters as they are",
      "!%&()*+,-./:;<=>?@[]^`{|}~é日😀",
      "!%&()*+,-./:;<=>?@[]^`{|}~é日😀",
    ],
    ["with a form feed first, which trim() leaves", "\fa", "\fa"],
  ])("reads a bare value %s", (_, value, expected) => {
    expect(entries(`K=${value}`, dialect)).toEqual([`K=${expected}`])
  })

  test.each([
    ["without any escape", "'a\\nb\\\\$x'", "a\\nb\\\\$x"],
    ["with double quotes, # and blanks", "' \"a\" # b '", ' "a" # b '],
    ["before a comment", "'a' # b", "a"],
    ["before a comment without a blank", "'a'#b", "a"],
    ['with =" and a second double quote', "'a=\"b\"'", 'a="b"'],
  ])("reads a single-quoted value %s", (_, value, expected) => {
    expect(entries(`K=${value}`, dialect)).toEqual([`K=${expected}`])
  })

  test.each([
    ["with all its escapes", '"\\"\\\\\\$\\f\\n\\r\\t\\v"', '"\\$\f\n\r\t\v'],
    ["that ends in a backslash", '"a\\\\"', "a\\"],
    ["over several lines", '"a\n\n b\n"', "a\n\n b\n"],
    ["with CR and CRLF inside as LF", '"a\rb\r\nc"', "a\nb\nc"],
    ["with apostrophes and # inside", '"it\'s # b"', "it's # b"],
    ["before a comment", '"a" # "b', "a"],
    ["up to a line that is only the quote", '"a\n"', "a\n"],
    ["with a line of blanks inside", '"a\n   \nb"', "a\n   \nb"],
  ])("reads a double-quoted value %s", (_, value, expected) => {
    expect(entries(`K=${value}\nL=1`, dialect)).toEqual([`K=${expected}`, "L=1"])
  })

  test.each<[string, string, string[]]>([
    ['a comment that holds an opening =" swallows the following entry (F1)', '# X="a\nK="v"\nL=1', ["L=1"]],
    ["an unterminated value at the end vanishes (F12)", 'A=1\nK="a\n', ["A=1"]],
    ["an unterminated value takes the rest of the file with it (F12)", 'A=1\nK="a\nB=2\nC=3', ["A=1"]],
    ['a single-quoted =" without a second quote takes the rest', "K='a=\"b'\nL=1\nM=2", []],
    ["a line of backslashes and a quote does not end a value", 'K="a\n\\\\"\nL=1', []],
  ])("loses without an error what phpdotenv loses: %s", (_, text, expected) => {
    expect(entries(text, dialect)).toEqual(expected)
  })

  test.each([
    ["an empty name", "A=1\n=x", 2],
    ["a name with a hyphen", "A-B=x", 1],
    ["a name with a blank", "A B=x", 1],
    ["a name in Han characters", "日本=x", 1],
    ["a line that starts with a semicolon (F5)", "; c", 1],
    ["export before a name of one letter (F11)", 'export X="v"', 1],
    ["text after a blank in a bare value", "K=a b", 1],
    ["text after a single-quoted value", "K='a'b", 1],
    ["text after a double-quoted value", 'K="a" b', 1],
    ["two quoted strings side by side", 'K="a""b"', 1],
    ["a missing single quote", "A=1\nB=2\nK='a", 3],
    ["a single-quoted value over two lines", "K='a\nb'", 1],
    ['a value that is one double quote and no =" before it', 'K= "', 1],
    ["a value that ends in a backslash inside quotes", 'K= "a\\', 1],
    ...[..."e0xua'`b "].map((letter): [string, string, number] => [
      `the escape \\${letter}`,
      `A=1\nK="\\${letter}41"`,
      2,
    ]),
  ])("fails on %s with the line and nothing of its text", (_, text, line) => {
    const marker = "hunter2"
    const error = failure(`${text}\nZ='${marker}'`, dialect)
    expect(error.code).toBe("DOTENV_MALFORMED")
    expect(error.message).toMatch(new RegExp(`^\\.env:${line}: `))
    expect(inspect(error)).not.toContain(marker)
  })

  test("fails with a message that holds nothing of the value at fault", () => {
    const marker = "hunter2"
    const faults = fc.constantFrom('"\\e', "'", '"x" ', "a b ", "'x'", '"', " = ")
    fc.assert(
      fc.property(faults, hostileValue, (fault, value) => {
        try {
          readDotenv(`K=${fault}${marker}${value}`, dialect)
        } catch (error) {
          expect(error).toBeInstanceOf(EnvsealError)
          expect(inspect(error)).not.toContain(marker)
        }
      }),
      runs(150),
    )
  })

  test.each([
    ["a bare variable", "${A}", true],
    ["a variable inside a bare word", "a${A.b_1}c", true],
    ["a double-quoted variable", '"a ${A}"', true],
    ["a variable with a very long name", `\${${"A".repeat(400)}}`, true],
    ["a single-quoted variable", "'${A}'", false],
    ["an escaped variable", '"\\${A}"', false],
    ["a variable after an escaped backslash", '"\\\\${A}"', true],
    ["a variable without braces", "$A", false],
    ["a variable with a default", "${A:-b}", false],
    ["an empty variable", "${}", false],
    ["an open brace", "${A", false],
    ["a variable in a comment", "a #${A}", false],
  ])("tells whether %s would be replaced", (_, value, interpolates) => {
    expect(readDotenv(`K=${value}`, dialect).map((line) => line.interpolates)).toEqual([interpolates])
  })
})

describe("the two dialects", () => {
  const wrapped = 'K="a\nYQ="\nL=1'

  test("differ where a line inside a value ends in =, which only 5.5 and later read", () => {
    expect(entries(wrapped, "5.4")).toEqual([])
    expect(entries(wrapped, "5.5")).toEqual(["K=a\nYQ=", "L=1"])
  })

  test("differ in names outside ASCII, which only 5.5 and later take", () => {
    expect(failure("ü_KEY=1", "5.4").code).toBe("DOTENV_MALFORMED")
    expect(entries("ü_KEY=1", "5.5")).toEqual(["ü_KEY=1"])
  })
})

describe("the line of an entry", () => {
  test("is where it starts, counted over multi-line values and comments", () => {
    const read = readDotenv('# c\nA="1\n2\n3"\r\nB=4\r\rC=5')
    expect(read.map((line) => [line.name, line.line])).toEqual([
      ["A", 2],
      ["B", 5],
      ["C", 7],
    ])
  })
})

describe("a value that is read in one step", () => {
  const inside = (not: string) =>
    fc.string({
      unit: fc.constantFrom(
        ...[..."ab \t\n\v\f\r\0'\"\\#$={}é\u{1f600}"].filter((one) => !not.includes(one)),
      ),
    })
  const value = fc.oneof(
    inside("'").map((text) => `'${text}'`),
    inside('"\\$').map((text) => `"${text}"`),
    fc.tuple(fc.constantFrom(..."ab=\\{é"), inside("#$ \t\n\v\f\r\0")).map(([first, rest]) => first + rest),
  )

  test("is the one that the automaton gives, which a comment behind it makes sure of", () => {
    fc.assert(
      fc.property(value, (text) => {
        const plain = parseEntry({ entry: `A=${text}`, line: 1 })
        expect(parseEntry({ entry: `A=${text} #`, line: 1 })).toEqual(plain)
      }),
    )
  })
})
