import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { laravelCast } from "../../src/dotenv/laravel.ts"
import { hostileValue, runs } from "./values.ts"

const unquoted = "the text without its outer quotes"

describe("what Laravel's env() makes of a value", () => {
  test.each([
    ["true", "true"],
    ["(true)", "true"],
    ["TRUE", "true"],
    ["tRuE", "true"],
    ["false", "false"],
    ["(False)", "false"],
    ["null", "null"],
    ["(NULL)", "null"],
    ["empty", "an empty string"],
    ["(Empty)", "an empty string"],
    ["''", unquoted],
    ['""', unquoted],
    ['"a"', unquoted],
    ["'it's'", unquoted],
    ['"""', unquoted],
    ['"a\rb"', unquoted],
    ["'\u2028'", unquoted],
    ["'true'", unquoted],
  ])("is named for %j", (value, cast) => expect(laravelCast(value)).toBe(cast))

  test.each([
    "",
    "0",
    "yes",
    " true",
    "true ",
    "true\n",
    "(true",
    "((true))",
    "nu\u212All",
    "'",
    '"',
    "'a\"",
    " 'a'",
    "'a' ",
    '"a\nb"',
    '"a"\n',
    "\n'a'",
    "undefined",
    "[]",
  ])("is nothing for %j, which env() returns", (value) => expect(laravelCast(value)).toBeNull())

  test("is nothing for any value that neither is one of the eight words nor ends in the quote it starts with", () => {
    fc.assert(
      fc.property(hostileValue, (value) => {
        const word = /^(?:true|false|null|empty)$/i.test(value.replace(/^\((.*)\)$/s, "$1"))
        const quoted = value.length > 1 && /^['"]/.test(value) && value.at(0) === value.at(-1)
        expect(laravelCast(value) !== null).toBe(word || (quoted && !value.includes("\n")))
      }),
      runs(300),
    )
  })
})
