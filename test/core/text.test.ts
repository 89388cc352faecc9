import fc from "fast-check"
import { describe, expect, test } from "vitest"
import {
  count,
  decodeUtf8,
  encodeUtf8,
  jsonLines,
  jsonText,
  nameList,
  printable,
  printableLine,
} from "../../src/core/text.ts"

const body = "QQPQMKWZSF2TNHYKQ4T8MPV6XY7JH5CGL3R0E9UDAWS4KQ8YHZQS6NFMHX"
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

/** Every way in which a text leaves envseal. */
const ways: readonly (readonly [string, (text: string) => string])[] = [
  ["a word", (text) => printable(text, 1_000)],
  ["a line", printableLine],
  ["JSON", (text) => jsonText({ text })],
  ["JSON for a person", (text) => jsonLines({ text }).join("\n")],
  ["a list of names", (text) => nameList([text])],
]

/** Identities as people paste them. */
const identities: readonly (readonly [string, string])[] = [
  ["as it is", `AGE-SECRET-KEY-1${body}`],
  ["in lower case", `age-secret-key-1${body.toLowerCase()}`],
  ["of a post-quantum key", `AGE-SECRET-KEY-PQ-1${body}`],
  ["that was cut", `AGE-SECRET-KEY-1${body.slice(0, 20)}`],
  ["without its 1", `AGE-SECRET-KEY-${body}`],
  ["in other words", `x=AGE-SECRET-KEY-1${body};y`],
  ["broken into lines", `AGE-SECRET-KEY-1${body.slice(0, 20)}\n${body.slice(20)}`],
  ["broken by what cannot be seen", `AGE-SECRET-KEY-1${body.slice(0, 20)}\u200b${body.slice(20)}`],
]

describe.each(ways)("%s", (_, show) => {
  test.each(identities)("has no identity %s", (_title, text) => {
    const shown = show(text)
    expect(shown.toUpperCase()).not.toContain(body.slice(0, 12))
    expect(shown.toUpperCase()).not.toContain(body.slice(-12))
    expect(shown).toMatch(/AGE-SECRET-KEY-…/i)
  })

  test("may speak of identities", () => {
    expect(show("write AGE-SECRET-KEY-1… here")).toContain("write AGE-SECRET-KEY-1… here")
    expect(show("AGE-SECRET-KEY-PQ-1 or")).toContain("AGE-SECRET-KEY-PQ-1 or")
  })
})

describe("a text that is shown", () => {
  test("has nothing in it that a terminal obeys, and says what it was", () => {
    expect(printable("a\u001b[2Jb\u202ec\u2028d\ud800")).toBe("a\\u{1b}[2Jb\\u{202e}c\\u{2028}d\\u{d800}")
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printable(text)).not.toMatch(unsafe)
        expect(printableLine(text).replaceAll("\t", "")).not.toMatch(unsafe)
      }),
    )
  })

  test("is cut at its length", () => {
    expect(printable("x".repeat(120))).toBe("x".repeat(120))
    expect(printable("x".repeat(121))).toBe(`${"x".repeat(120)}…`)
    expect(printable("abc", 2)).toBe("ab…")
  })

  test("is whole with its tabs when it is a line", () => {
    expect(printableLine(`a\t${"x".repeat(5_000)}\tb\u0007`)).toBe(`a\t${"x".repeat(5_000)}\tb\\u{7}`)
  })
})

describe("JSON that is shown", () => {
  test("has nothing in it that a terminal obeys, and is the same to a parser", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const line = jsonText({ text })
        expect(line).not.toMatch(unsafe)
        expect(JSON.parse(line)).toEqual({ text })
        expect(JSON.parse(jsonLines({ text }).join("\n"))).toEqual({ text })
        for (const one of jsonLines({ text })) expect(one).not.toMatch(unsafe)
      }),
    )
  })

  test("writes a character beyond the first plane as its two halves", () => {
    expect(jsonText({ text: "\u{e0001}" })).toBe('{"text":"\\udb40\\udc01"}')
    expect(jsonText({ text: "\u00ad" })).toBe('{"text":"\\u00ad"}')
  })

  test("for a person is indented", () => {
    expect(jsonLines({ a: [1] })).toEqual(["{", '  "a": [', "    1", "  ]", "}"])
  })
})

test.each([
  [0, "0 keys"],
  [1, "1 key"],
  [2, "2 keys"],
])("%i of a noun is %s", (n, text) => {
  expect(count(n, "key")).toBe(text)
  expect(count(n, "identity", "identities")).toBe(`${n} ${n === 1 ? "identity" : "identities"}`)
})

test("a list of names ends with how many more there are", () => {
  const names = ["a", "b", "c"]
  expect([nameList(names, 3), nameList(names, 2), nameList([])]).toEqual(["a, b, c", "a, b and 1 more", ""])
})

test("bytes are a text only when they are UTF-8, with their byte order mark", () => {
  expect(decodeUtf8(encodeUtf8("\ufeffä"))).toBe("\ufeffä")
  expect(decodeUtf8(new Uint8Array([0x61, 0xff]))).toBeNull()
})
