import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import { changeSecret, type SecretChange } from "../../src/dotenv/secret-document.ts"
import { entry, runs } from "./values.ts"

const set = (name: string, value: string): SecretChange => ({ type: "set", entry: entry(name, value) })
const unset = (name: string): SecretChange => ({ type: "unset", name })
const rename = (from: string, to: string): SecretChange => ({ type: "rename", from, to })
const changed = (text: string | null, ...changes: readonly SecretChange[]) =>
  changeSecret(text === null ? null : new Secret(text), changes).reveal()

describe("a secret's JSON", () => {
  test.each<[string, string | null, readonly SecretChange[], string]>([
    ["gets its first name", null, [set("A", "1")], '{"A":"1"}'],
    ["gets a name where it had none", " { } ", [set("A", "1")], ' {"A":"1"} '],
    ["gets a name at its end", '{"A":"1","B":2}', [set("C", "3")], '{"A":"1","B":2,"C":"3"}'],
    [
      "keeps blanks, order and numbers",
      '{\n  "A": 1.10,\n  "B": "x"\n}\n',
      [set("B", "y"), set("C", "3")],
      '{\n  "A": 1.10,\n  "B": "y",\n  "C": "3"\n}\n',
    ],
    ["keeps an escape as it is written", '{"A":"\\u0041","B":1}', [set("B", "2")], '{"A":"\\u0041","B":"2"}'],
    ["loses a name", '{"A":1,"B":2,"C":3}', [unset("B")], '{"A":1,"C":3}'],
    ["loses its first name", '{\n "A":1,\n "B":2\n}', [unset("A")], '{\n "B":2\n}'],
    ["loses all names", '{"A":1}', [unset("A")], "{}"],
    ["has a name renamed at its place", '{"A": 1,"B":2}', [rename("A", "AA")], '{"AA": 1,"B":2}'],
    ["loses what stands twice when it is set", '{"A":1,"B":2,"A":3}', [set("A", "x")], '{"A":"x","B":2}'],
    ["keeps a nested value", '{"A":{"x":[1, 2]},"B":1}', [set("B", "2")], '{"A":{"x":[1, 2]},"B":"2"}'],
  ])("%s", (_, text, changes, expected) => expect(changed(text, ...changes)).toBe(expected))

  test("has the values that it is given, and all others", () => {
    const names = fc.constantFrom("A", "B", "C", "D", '"', "é")
    const change = fc.oneof(
      fc.tuple(names, fc.string({ unit: "grapheme" })).map(([name, value]) => set(name, value)),
      names.map(unset),
    )
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.jsonValue()),
        fc.array(change),
        fc.constantFrom(undefined, 2, "\t"),
        (before, changes, indent) => {
          const expected = new Map(Object.entries(before))
          for (const one of changes) {
            if (one.type === "set") expected.set(one.entry.name, one.entry.value.reveal())
            if (one.type === "unset") expected.delete(one.name)
          }
          const text = changed(JSON.stringify(before, null, indent), ...changes)
          expect(Object.entries(JSON.parse(text))).toEqual(JSON.parse(JSON.stringify([...expected])))
        },
      ),
      runs(150),
    )
  })
})
