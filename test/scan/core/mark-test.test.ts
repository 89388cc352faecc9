import { describe, expect, test } from "vitest"
import { needlesOf } from "../../../src/scan/core/needle.ts"
import { SearchSet } from "../../../src/scan/core/search-set.ts"
import { entry } from "../../dotenv/values.ts"

const value = "k9#Q z'7&x\"Y%2"
const searchSet = new SearchSet(needlesOf([entry("A", value)], { minLength: 8, excuse: () => null }))
const isFound = (text: string) => searchSet.lookAt(Buffer.from(text)).length > 0

const hexOf = (c: string, digits: number) => c.charCodeAt(0).toString(16).padStart(digits, "0")

/** One character of the value written so, and all others as they are. */
const writers: readonly (readonly [string, (c: string) => string])[] = [
  ["\\u0041", (c) => `\\u${hexOf(c, 4)}`],
  ["\\x41", (c) => `\\x${hexOf(c, 2)}`],
  ["\\101", (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`],
  ["%41", (c) => `%${hexOf(c, 2)}`],
  ["&#65;", (c) => `&#${c.charCodeAt(0)};`],
]

const beside = ["", "x", "''", '"', " ", "\n", "\\\\", "=", "\\u0041", "%41", "&amp;"]

describe.each(writers)("a value with a single %s in it", (_title, write) => {
  test.each([...value].map((c, at) => ({ at, c })))(
    "at $at, for $c, is found beside anything",
    ({ at, c }) => {
      const encoded = value.slice(0, at) + write(c) + value.slice(at + 1)
      const lost = beside.filter((text) => !isFound(`${text}${encoded}${text}`))
      expect(lost).toEqual([])
    },
  )
})

describe.each(["\n", "\r\n", "\n  ", "\\n", "\\r\\n"])("base64 that is broken once, by %j", (lineEnd) => {
  const base64 = Buffer.from(value).toString("base64")
  const places = Array.from({ length: base64.length - 3 }, (_, at) => at + 1)

  test.each(["", "x", "\n", "AbCd", "A\n", "= "])("is found wherever that is, beside %j", (text) => {
    const lost = places.filter(
      (at) => !isFound(`${text}${base64.slice(0, at)}${lineEnd}${base64.slice(at)}\n${text}`),
    )
    expect(lost).toEqual([])
  })
})

test("a value is found wherever it stands after more marks than are held back at once", () => {
  const encoded = value.replace("Q", "\\u0051")
  const filler = "\\q'' %41 &amp;\n".repeat(2_000)
  const lost = Array.from({ length: 1_200 }, (_, at) => at).filter(
    (at) => !isFound(`${filler.slice(0, 12_000 + at)} ${encoded}`),
  )
  expect(lost).toEqual([])
})
