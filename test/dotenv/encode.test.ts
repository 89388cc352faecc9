import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeValue } from "../../src/dotenv/encode.ts"
import { hostileValue, longRun, runs } from "./values.ts"

function textOf(value: string): string | null {
  const encoded = encodeValue(value)
  return "text" in encoded ? encoded.text : null
}

describe("the spelling of a value", () => {
  test.each([
    ["an empty value", "", ""],
    ["letters and digits", "abc123", "abc123"],
    ["base64 with its padding", "QQ==", "QQ=="],
    ["a URL without # or &", "https://u:p@h.example:8443/a?b=c", "https://u:p@h.example:8443/a?b=c"],
    ["JSON-like braces without quotes", "{a,b}[c]", "{a,b}[c]"],
  ])("is bare for %s", (_, value, text) => expect(textOf(value)).toBe(text))

  test.each([
    ["a leading =, which zsh expands", "=x", "'=x'"],
    ["a blank", "a b", "'a b'"],
    ["a tab", "a\tb", "'a\tb'"],
    ["a #", "a#b", "'a#b'"],
    ["a dollar sign", "$2y$10$N9", "'$2y$10$N9'"],
    ["a variable", "${A}", "'${A}'"],
    ["a command", "$(a) `b`", "'$(a) `b`'"],
    ["a backslash", "C:\\new\\", "'C:\\new\\'"],
    ["double quotes", '{"a":1}', `'{"a":1}'`],
    ["shell characters", "a&b;c|d<e>f", "'a&b;c|d<e>f'"],
    ["a letter outside ASCII", "é", "'é'"],
    ["an invisible character", "\u200b", "'\u200b'"],
  ])("is single-quoted for %s", (_, value, text) => expect(textOf(value)).toBe(text))

  test.each([
    ["an apostrophe", "it's", `"it's"`],
    ["a newline", "a\nb", '"a\\nb"'],
    ["a carriage return", "a\r\nb", '"a\\r\\nb"'],
    ['="', 'a="b', '"a=\\"b"'],
    ["an apostrophe with everything to escape", "'\"\\${A}`", '"\'\\"\\\\\\${A}`"'],
    ["an apostrophe and other control characters", "'\t\v\f\u001b", '"\'\t\v\f\u001b"'],
  ])("is double-quoted for %s", (_, value, text) => expect(textOf(value)).toBe(text))

  test("never holds a dollar sign that phpdotenv would replace", () => {
    fc.assert(
      fc.property(hostileValue, (value) => {
        const text = textOf(value)
        if (text === null || text.startsWith("'")) return
        expect(text.replace(/\\[\s\S]/g, "")).not.toContain("$")
      }),
      runs(300),
    )
  })

  test("is refused only for a NUL, a lone surrogate or a carriage return at a hazard", () => {
    fc.assert(
      fc.property(fc.oneof(hostileValue, longRun), (value) => {
        const refused = !value.isWellFormed() || value.includes("\0") || hazards(value).includes("\r")
        expect(textOf(value) === null).toBe(refused)
      }),
      runs(300),
    )
  })
})

describe("a newline before a long run", () => {
  test.each([
    ["is an escape when the run ends one byte before the cut", `${"a".repeat(998)}`, "\\n"],
    ["is an escape when the cut falls between two characters", `${"a".repeat(999)}日日`, "\\n"],
    ["is raw when the cut falls after the first byte of a character", `${"a".repeat(998)}日`, "\n"],
    ["is raw when the cut falls before the last byte of a character", `${"a".repeat(997)}日`, "\n"],
    ["is an escape when the run is ASCII alone", "a".repeat(3000), "\\n"],
    ["is an escape when a blank breaks the run", `${"a".repeat(990)} ${"日".repeat(400)}`, "\\n"],
    ["is an escape when a $ breaks the run", `${"a".repeat(990)}$${"日".repeat(400)}`, "\\n"],
    ["is raw when only a backtick and brackets stand in the run", `\`(){}[];=,${"日".repeat(400)}`, "\n"],
  ])("%s", (_, run, newline) => {
    expect(textOf(`'\n${run}`)?.slice(2)).toBe(`${newline}${run.replace("$", "\\$")}"`)
  })

  test("is raw exactly where phpdotenv's lexer would cut a character in two", () => {
    fc.assert(
      fc.property(longRun, (value) => {
        const text = textOf(value)
        if (text === null) return
        expect(text.split("\n").length - 1).toBe(hazards(value).length)
      }),
      runs(200),
    )
  })
})

/** The line breaks that must not be escapes, found in bytes: the token is the escape's letter and 999 more. */
function hazards(value: string): string[] {
  return [...value.matchAll(/[\r\n]/g)].flatMap(({ 0: lineBreak, index }) => {
    const run = /^[^\t\n\v\f\r \\'"#$]*/.exec(value.slice(index + 1, index + 1100))?.[0] ?? ""
    const next = Buffer.from(run)[999]
    return next !== undefined && (next & 0xc0) === 0x80 ? [lineBreak] : []
  })
}
