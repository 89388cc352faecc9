import { inspect } from "node:util"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import { diffEntries } from "../../src/dotenv/diff.ts"
import { hostileValue, runs } from "./values.ts"

type Values = Readonly<Record<string, string>>

function secrets(values: Values): Map<string, Secret> {
  return new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))
}

function diff(before: Values, after: Values) {
  return diffEntries(secrets(before), secrets(after))
}

describe("the difference of two sets of entries", () => {
  test("is empty when both hold the same values in another order", () => {
    expect(diff({ A: "1", B: "2" }, { B: "2", A: "1" })).toEqual([])
    expect(diff({}, {})).toEqual([])
  })

  test("names what was added, removed and changed, sorted by name", () => {
    expect(diff({ D: "same", C: "old", B: "gone" }, { A: "new", C: "now", D: "same" })).toEqual([
      { name: "A", change: "added" },
      { name: "B", change: "removed" },
      { name: "C", change: "changed" },
    ])
  })

  test("tells an empty value from a missing one", () => {
    expect(diff({ A: "" }, {})).toEqual([{ name: "A", change: "removed" }])
    expect(diff({ A: "" }, { A: " " })).toEqual([{ name: "A", change: "changed" }])
  })

  const name = fc.constantFrom("A", "B", "C", "D_1", "toString", "__proto__")
  const value = hostileValue.map((text) => `hunter2${text}`)
  const values = fc.array(fc.tuple(name, value)).map((pairs) => new Map(pairs))

  test("agrees with a comparison name by name and never holds a value", () => {
    fc.assert(
      fc.property(values, values, fc.boolean(), (before, other, alike) => {
        const after = alike ? new Map([...before, ...[...other].slice(0, 1)]) : other
        const wrap = (map: Map<string, string>) =>
          new Map([...map].map(([key, text]) => [key, new Secret(text)]))
        const found = diffEntries(wrap(before), wrap(after))
        for (const key of new Set([...before.keys(), ...after.keys()])) {
          const change = found.find((one) => one.name === key)?.change ?? "none"
          if (!before.has(key)) expect(change).toBe("added")
          else if (!after.has(key)) expect(change).toBe("removed")
          else expect(change).toBe(before.get(key) === after.get(key) ? "none" : "changed")
        }
        expect(found.map((one) => one.name)).toEqual([...new Set(found.map((one) => one.name))].sort())
        expect(JSON.stringify(found) + inspect(found, { depth: 9, showHidden: true })).not.toContain(
          "hunter2",
        )
      }),
      runs(150),
    )
  })
})
