import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Matcher, type Pattern } from "../../../src/scan/core/matcher.ts"
import { Sweep } from "../../../src/scan/core/sweep.ts"
import { Triples } from "../../../src/scan/core/triple.ts"
import { runs } from "../../dotenv/values.ts"
import { cut } from "../../fake/scan-targets.ts"

/** Few different bytes, so that patterns overlap and nearly match. */
const narrow = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength, max: 3 }).map((bytes) => Uint8Array.from(bytes, (byte) => byte + 97))
const wide = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })

const count = { minLength: 1, maxLength: 60 }
const patterns = fc.array(fc.oneof(narrow(3, 12), wide(3, 40), narrow(3, 200)), count)
const longPatterns = fc.array(fc.oneof(narrow(7, 12), wide(7, 40), narrow(7, 200)), count)

function search(matcher: Matcher, chunks: readonly Uint8Array[]): number[] {
  const found = new Set<number>()
  const one = new Sweep(matcher, [], new Triples([])).search(found)
  for (const chunk of chunks) one.write(chunk)
  return [...found].sort((a, b) => a - b)
}

function naive(list: readonly Pattern[], text: Uint8Array): number[] {
  const whole = Buffer.from(text)
  return list.flatMap(({ bytes }, at) => (whole.includes(Buffer.from(bytes)) ? [at] : []))
}

const borders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

describe("the matcher", () => {
  test.each([
    ["of any length", patterns],
    ["of seven bytes or more, which it looks for by words", longPatterns],
  ])("finds what a naive search finds, wherever the chunks end: patterns %s", (_title, lists) => {
    const text = fc.array(fc.oneof(narrow(0, 60), wide(0, 60)), { maxLength: 8 })
    fc.assert(
      fc.property(lists, text, fc.array(fc.nat()), borders, (list, parts, planted, fractions) => {
        const needles = list.map((bytes) => ({ bytes }))
        const some = planted.map((at) => needles[at % needles.length]?.bytes ?? new Uint8Array())
        const whole = Buffer.concat(parts.flatMap((part, at) => [part, some[at] ?? new Uint8Array()]))
        expect(search(new Matcher(needles), cut(whole, fractions))).toEqual(naive(needles, whole))
      }),
      runs(2_000),
    )
  })

  test("finds the same a byte at a time as in one piece", () => {
    fc.assert(
      fc.property(patterns, narrow(0, 200), (list, text) => {
        const needles = list.map((bytes) => ({ bytes }))
        const matcher = new Matcher(needles)
        const bytes = [...text].map((byte) => Uint8Array.of(byte))
        expect(search(matcher, bytes)).toEqual(search(matcher, [text]))
      }),
      runs(300),
    )
  })

  test("keeps streams that take turns apart", () => {
    const matcher = new Matcher([{ bytes: Buffer.from("needle") }])
    const sweep = new Sweep(matcher, [], new Triples([]))
    const found = [new Set<number>(), new Set<number>()] as const
    const [one, other] = [sweep.search(found[0]), sweep.search(found[1])]
    one.write(Buffer.from("..nee"))
    other.write(Buffer.from("dle.."))
    one.write(Buffer.from("dle.."))
    expect([found[0].size, found[1].size]).toEqual([1, 0])
  })

  test("asks for what must follow a pattern, across chunks too", () => {
    const matcher = new Matcher([{ bytes: Buffer.from("KEY-"), followedBy: { alphabet: "ABC", count: 4 } }])
    const found = (...chunks: string[]) =>
      search(
        matcher,
        chunks.map((chunk) => Buffer.from(chunk)),
      ).length
    expect(found("x KEY-ABCA x")).toBe(1)
    expect(found("x KE", "Y-A", "BC", "A")).toBe(1)
    expect(found("x KEY-ABC")).toBe(0)
    expect(found("x KEY-ABCx KEY-ABxA")).toBe(0)
  })

  test("finds each of ten thousand patterns", () => {
    const list = Array.from({ length: 10_000 }, (_, at) => ({ bytes: Buffer.from(`https://host/${at}#`) }))
    const text = Buffer.concat(list.map(({ bytes }) => bytes))
    expect(search(new Matcher(list), [text]).length).toBe(list.length)
  })
})
