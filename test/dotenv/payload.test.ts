import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import { nameProblem } from "../../src/dotenv/name.ts"
import { readPayload } from "../../src/dotenv/payload.ts"
import { maxLineBytes, writeDotenv } from "../../src/dotenv/write.ts"
import { hostileValue, runs } from "./values.ts"

describe("a payload", () => {
  test("gives every value that was written, and no problem, whatever the values", () => {
    fc.assert(
      fc.property(fc.array(hostileValue, { minLength: 1, maxLength: 5 }), (values) => {
        const entries = values.map((value, at) => ({
          name: `N${at}`,
          kind: "string" as const,
          value: new Secret(value),
        }))
        const { text } = writeDotenv(entries)
        fc.pre(text !== null)
        const payload = readPayload(text ?? "")
        expect(payload?.problems).toEqual([])
        expect([...(payload?.values ?? [])].map(([name, value]) => [name, value.reveal()])).toEqual(
          values.map((value, at) => [`N${at}`, value]),
        )
      }),
      runs(200),
    )
  })

  test.each([
    "BASH_ENV",
    "LD_PRELOAD",
    "X.Y",
    "PERLLIB",
    "RUBYGEMS_GEMDEPS",
    "APP_CONFIG_CACHE",
    "UID",
    "__proto__",
    "1A",
  ])("with the name %s has the problem that seal has with it", (name) => {
    expect(readPayload(`A=1\n${name}=x\n`)?.problems).toEqual([nameProblem(name)])
  })

  test.each([
    ["in single quotes", "A='x\0y'\n"],
    ["in double quotes", 'A="x\0y"\n'],
    ["in no quotes", "A=x\0y\n"],
  ])("with a NUL character %s has the problem that seal has with it", (_, text) => {
    const written = writeDotenv([{ name: "A", kind: "string", value: new Secret("x\0y") }])
    expect(written.problems).toMatchObject([{ code: "UNREPRESENTABLE_VALUE", name: "A" }])
    expect(readPayload(text)?.problems).toEqual(written.problems)
  })

  test("with a carriage return that PHP would corrupt has the problem that seal has with it", () => {
    const value = `\r${"x".repeat(998)}\u00e9`
    const written = writeDotenv([{ name: "A", kind: "string", value: new Secret(value) }])
    expect(written.problems).toMatchObject([{ code: "UNREPRESENTABLE_VALUE", name: "A" }])
    expect(readPayload(`A="\\r${value.slice(1)}"\n`)?.problems).toEqual(written.problems)
  })

  test("has a problem with a value that is one byte too long for its name", () => {
    const value = "x".repeat(maxLineBytes - 2)
    expect(readPayload(`A=${value}\n`)?.problems).toEqual([])
    expect(readPayload(`A=${value}x\n`)?.problems).toMatchObject([{ code: "VALUE_TOO_LONG", name: "A" }])
  })

  test("takes the longest value when every character of it is escaped", () => {
    const value = "\n".repeat(maxLineBytes - 2)
    const entry = { name: "A", kind: "string" as const, value: new Secret(value) }
    const { text } = writeDotenv([entry])
    expect(
      readPayload(text ?? "")
        ?.values.get("A")
        ?.reveal(),
    ).toBe(value)
  })

  test.each([
    ["a name twice", "A=1\nA=2\n"],
    ["a name without a value", "A\n"],
    ["a value that a reader would replace", "A=${B}\n"],
    ["a raw carriage return", 'A="x\ry"\n'],
    ["more lines than names", `A=1\n${"\n".repeat(200_000)}`],
    ["more names than sixteen secrets", Array.from({ length: 80_001 }, (_, at) => `N${at}=\n`).join("")],
    ["an entry longer than any that is written", `A=${"x".repeat(300_000)}\n`],
  ])("is none that envseal wrote when it has %s", (_, text) => {
    expect(readPayload(text)).toBeNull()
  })
})
