import { inspect } from "node:util"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeValue } from "../../src/dotenv/encode.ts"
import type { Entry } from "../../src/dotenv/entry.ts"
import { type Dialect, readDotenv } from "../../src/dotenv/read.ts"
import { maxLineBytes, writeDotenv } from "../../src/dotenv/write.ts"
import { amongNeighbours, corpus, entry, hostileValue, longRun, neighbours, runs } from "./values.ts"

const dialects: readonly Dialect[] = ["5.4", "5.5"]

/** True when no `.env` can carry the value, or only one with a raw newline, which not every phpdotenv reads. */
function mayBeRefused(value: string): boolean {
  const encoded = encodeValue(value)
  return "refusal" in encoded || encoded.text.includes("\n")
}

/** Checks that the entries are written so that both dialects read them back, or refused by their names alone. */
function expectBackOrRefused(entries: readonly Entry[]) {
  const written = writeDotenv(entries)
  if (written.text === null) {
    const refused = entries.filter((one) => writeDotenv([one]).text === null)
    expect(refused).not.toEqual([])
    for (const one of refused) expect(mayBeRefused(one.value.reveal())).toBe(true)
    expect(written.problems.map((problem) => problem.name)).toEqual(refused.map((one) => one.name))
    return expectBackOrRefused(entries.filter((one) => !refused.includes(one)))
  }
  expect(written.problems).toEqual([])
  for (const dialect of dialects) {
    const read = readDotenv(written.text, dialect).map((line) => [line.name, line.value, line.interpolates])
    expect(read).toEqual(entries.map((one) => [one.name, one.value.reveal(), false]))
  }
}

describe("a written file read back in both dialects", () => {
  test.each(corpus)("returns the value $name between hostile neighbours, or refuses it", ({ value }) => {
    expectBackOrRefused(amongNeighbours([value]))
  })

  test("returns the whole corpus in one file without the refused values", () => {
    expectBackOrRefused(amongNeighbours(corpus.map((one) => one.value)))
  })

  test("returns any hostile value between hostile neighbours", () => {
    fc.assert(
      fc.property(hostileValue, fc.nat(neighbours.length), (value, first) => {
        expectBackOrRefused(amongNeighbours([value], first))
      }),
      runs(300),
    )
  })

  test("returns several hostile values beside each other", () => {
    fc.assert(
      fc.property(fc.array(hostileValue, { maxLength: 6 }), (values) => {
        expectBackOrRefused(values.map((value, at) => entry(`K${at}`, value)))
      }),
      runs(150),
    )
  })

  test("returns a line break before a long multi-byte run between hostile neighbours", () => {
    fc.assert(
      fc.property(longRun, (value) => expectBackOrRefused(amongNeighbours([value]))),
      runs(100),
    )
  })
})

describe("the file that is written", () => {
  test("is empty when there are no entries", () => {
    expect(writeDotenv([])).toEqual({ text: "", problems: [] })
  })

  test("keeps the order of the entries, one line each with an LF at its end", () => {
    const written = writeDotenv([entry("B", "two words"), entry("A", ""), entry("C", "it's\nC=3")])
    expect(written.text).toBe(`B='two words'\nA=\nC="it's\\nC=3"\n`)
  })

  test("has no carriage return, byte order mark, comment, blank line or export whatever the value", () => {
    fc.assert(
      fc.property(hostileValue, (value) => {
        const { text } = writeDotenv([entry("KEY", value)])
        if (text === null) return
        expect(text).toMatch(/^KEY=/)
        expect(text).not.toContain("\r")
        expect(text.endsWith("\n")).toBe(true)
        expect(text.split("\n").slice(0, -1)).not.toContain("")
      }),
      runs(200),
    )
  })

  test("has one physical line unless a newline stands before a thousand bytes of unbroken text", () => {
    fc.assert(
      fc.property(hostileValue, (value) => {
        fc.pre(!/\n[^\t\n\v\f\r \\'"#$]{250}/.test(value))
        const { text } = writeDotenv([entry("KEY", value)])
        if (text !== null) expect(text.indexOf("\n")).toBe(text.length - 1)
      }),
      runs(200),
    )
  })
})

describe("a refusal", () => {
  const marker = "hunter2"

  test.each([
    { title: "a NUL character", value: `${marker}\0`, reason: "holds a NUL character" },
    {
      title: "a lone high surrogate",
      value: `${marker}\uD800`,
      reason: "is not valid Unicode (a lone surrogate)",
    },
    {
      title: "a lone low surrogate",
      value: `\uDFFF${marker}`,
      reason: "is not valid Unicode (a lone surrogate)",
    },
    {
      title: "a carriage return that PHP 8.3 would corrupt",
      value: `${marker}\r\na\r${"é".repeat(600)}`,
      reason: "has a carriage return before 1000 bytes of unbroken text, which PHP 8.3 corrupts",
    },
    {
      title: "a raw newline and a final = that phpdotenv before 5.5 would swallow",
      value: `${marker}\na${"日".repeat(400)}=`,
      reason: "does not come back from phpdotenv before 5.5",
    },
  ])("of $title names the key and the reason, never the value", ({ value, reason }) => {
    const written = writeDotenv([entry("GOOD", "1"), entry("BAD", value)])
    expect(written).toEqual({
      text: null,
      problems: [{ code: "UNREPRESENTABLE_VALUE", name: "BAD", reason }],
    })
    expect(inspect(written, { depth: 9 })).not.toContain(marker)
  })

  test("of any value names every refused key at once and holds none of the values", () => {
    const broken = fc.tuple(hostileValue, fc.constantFrom("\0", "\uD800-"), hostileValue)
    fc.assert(
      fc.property(fc.array(broken, { minLength: 1, maxLength: 5 }), (parts) => {
        const entries = parts.flatMap(([before, breaker, after], at) => [
          entry(`GOOD${at}`, "fine"),
          entry(`BAD${at}`, `${marker}${before}${breaker}${after}${marker}`),
        ])
        const written = writeDotenv(entries)
        expect(written.text).toBeNull()
        expect(written.problems.map((problem) => problem.name)).toEqual(parts.map((_, at) => `BAD${at}`))
        expect(written.problems.map((problem) => problem.code)).toEqual(
          parts.map(() => "UNREPRESENTABLE_VALUE"),
        )
        expect(JSON.stringify(written)).not.toContain(marker)
      }),
      runs(100),
    )
  })

  test.each([
    { title: "ASCII", unit: "x" },
    { title: "two-byte characters", unit: "é" },
  ])("comes at the first byte over the limit, counted with the name, for $title", ({ unit }) => {
    const room = maxLineBytes - "LONG=".length
    const fill = unit.repeat(Math.floor(room / Buffer.byteLength(unit)))
    const fits = fill + "x".repeat(room - Buffer.byteLength(fill))
    expect(writeDotenv([entry("LONG", fits)]).problems).toEqual([])
    const { text, problems } = writeDotenv([entry("LONG", `${fits}x`)])
    expect(text).toBeNull()
    expect(problems).toMatchObject([{ code: "VALUE_TOO_LONG", name: "LONG" }])
    expect(JSON.stringify(problems)).not.toContain(unit.repeat(20))
  })
})
