import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ApiError } from "./api-error.ts"
import { applyJsonPatch, type Json } from "./json-patch.ts"

const document = {
  metadata: { name: "web" },
  spec: { containers: [{ name: "app", image: "shop:1" }, { name: "log" }] },
}

function refusal(patch: Json): number {
  try {
    applyJsonPatch(document, patch)
  } catch (error) {
    if (error instanceof ApiError) return error.code
  }
  return 0
}

test.each<[title: string, step: Json, result: Json]>([
  [
    "replaces a member",
    { op: "replace", path: "/metadata/name", value: "api" },
    { ...document, metadata: { name: "api" } },
  ],
  [
    "adds a member whose name has a slash",
    { op: "add", path: "/metadata/a~1b~0c", value: 1 },
    { ...document, metadata: { name: "web", "a/b~c": 1 } },
  ],
  ["removes a member", { op: "remove", path: "/metadata/name" }, { ...document, metadata: {} }],
  [
    "inserts into a list",
    { op: "add", path: "/spec/containers/0", value: null },
    { ...document, spec: { containers: [null, ...document.spec.containers] } },
  ],
  [
    "appends to a list",
    { op: "add", path: "/spec/containers/-", value: null },
    { ...document, spec: { containers: [...document.spec.containers, null] } },
  ],
  [
    "removes from a list",
    { op: "remove", path: "/spec/containers/0" },
    { ...document, spec: { containers: [{ name: "log" }] } },
  ],
  ["passes a test of an equal value", { op: "test", path: "/metadata", value: { name: "web" } }, document],
  [
    "passes a test for null of a member that is not there",
    { op: "test", path: "/metadata/annotations", value: null },
    document,
  ],
])("%s", (_, step, result) => {
  expect(applyJsonPatch(document, [step])).toEqual(result)
})

describe("is refused as one that does not apply:", () => {
  test.each<[title: string, step: Json]>([
    ["a test of another value", { op: "test", path: "/metadata/name", value: "api" }],
    ["a test beyond the end of a list", { op: "test", path: "/spec/containers/2", value: null }],
    ["a test below nothing", { op: "test", path: "/metadata/annotations/a", value: null }],
    ["a replacement of what is not there", { op: "replace", path: "/metadata/labels", value: {} }],
    ["a removal of what is not there", { op: "remove", path: "/metadata/labels" }],
    ["an addition below nothing", { op: "add", path: "/metadata/annotations/a", value: "b" }],
    ["an index with a leading zero", { op: "replace", path: "/spec/containers/00", value: {} }],
    ["a property of every object", { op: "replace", path: "/metadata/constructor", value: 1 }],
    ["an unknown operation", { op: "increase", path: "/metadata/name", value: 1 }],
    ["a path without a slash", { op: "add", path: "metadata", value: 1 }],
    ["a step without a value", { op: "add", path: "/metadata/x" }],
  ])("%s", (_, step) => {
    expect(refusal([step])).toBe(422)
  })
})

test("what is no list is no patch", () => {
  expect(refusal({ op: "remove", path: "/metadata" })).toBe(400)
})

test("a later step sees what an earlier one did, and the document itself stays as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const before = structuredClone(document)
      const patch = [
        { op: "add", path: "/metadata/new", value: value as Json },
        { op: "test", path: "/metadata/new", value: value as Json },
        { op: "remove", path: "/metadata/new" },
      ]
      expect(applyJsonPatch(document, patch)).toEqual(before)
      expect(document).toEqual(before)
    }),
  )
})
