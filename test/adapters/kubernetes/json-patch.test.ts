import fc from "fast-check"
import { expect, test } from "vitest"
import { contains, isPatched, valueAt } from "../../../src/adapters/kubernetes/json-patch.ts"

const stepOf = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1")

test("a pointer leads to the value at any path", () => {
  const names = fc.array(fc.string(), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(names, fc.jsonValue(), (path, value) => {
      const object = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
      // A literal's __proto__ is no member of it.
      fc.pre(!path.includes("__proto__"))
      expect(valueAt(object, path.map((name) => `/${stepOf(name)}`).join(""))).toEqual(value)
    }),
  )
})

test.each([
  ["/a/1/b", 2],
  ["/a/2", undefined],
  ["/a/length/x", undefined],
  ["/toString", undefined],
  ["/x~1y", "slash"],
])("the pointer %s leads to %s", (pointer, value) => {
  expect(valueAt({ a: [1, { b: 2 }], "x/y": "slash" }, pointer)).toBe(value)
})

test("every value contains itself", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => contains(structuredClone(value), value)))
})

test.each([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [[1, 2], [1], false],
  [[], {}, false],
  [null, {}, false],
  ["1", 1, false],
])("%j contains %j: %s", (found, wanted, holds) => {
  expect(contains(found, wanted)).toBe(holds)
})

test("an object is patched when all but the tests hold", () => {
  const object = { metadata: { annotations: { "envseal.dev/build": "7", other: "x" } }, spec: { image: "b" } }
  const steps = [
    { op: "test", path: "/spec/image", value: "a" },
    { op: "replace", path: "/spec/image", value: "b" },
    { op: "add", path: "/metadata/annotations", value: {} },
    { op: "add", path: "/metadata/annotations/envseal.dev~1build", value: "7" },
    { op: "remove", path: "/spec/paused" },
  ] as const
  expect(isPatched(object, steps)).toBe(true)
  expect(isPatched({ ...object, spec: { image: "a" } }, steps)).toBe(false)
  expect(isPatched({ ...object, spec: { image: "b", paused: true } }, steps)).toBe(false)
})
