import { describe, expect, test } from "vitest"
import { checkLength, constraint, type MemberTypes, readMembers, readObject } from "./members.ts"

const types = {
  ...{ Name: "text", Blob: "bytes", Count: "number", DryRun: "flag", Stages: "texts", Context: "pairs" },
  ...{ Parts: "objects", GrantTokens: "unsupported" },
} as const satisfies MemberTypes

const read = (value: unknown) => readMembers(Buffer.from(JSON.stringify(value)), types)

test("members come with the types that were asked for", () => {
  const all = {
    Name: "a",
    Blob: "AP8=",
    Count: 1,
    DryRun: true,
    Stages: ["b"],
    Context: { c: "d" },
    Parts: [{}],
  }
  expect(read(all)).toEqual({ ...all, Blob: Buffer.from([0, 255]) })
  expect(read({})).toEqual({})
})

test.each([
  ["unknown", { Nam: "a" }],
  ["a property of every object", { constructor: "a" }],
  ["a number for a text", { Name: 1 }],
  ["null", { Name: null }],
  ["no base64", { Blob: "%" }],
  ["base64 without its padding", { Blob: "AP8" }],
  ["a fraction", { Count: 1.5 }],
  ["a text for a flag", { DryRun: "true" }],
  ["a list with a number", { Stages: [1] }],
  ["a context with a number", { Context: { a: 1 } }],
  ["a context that is a list", { Context: ["a"] }],
  ["a structure for a list of them", { Parts: {} }],
  ["a list with a text for a structure", { Parts: ["a"] }],
])("a member that is %s cannot be read", (_, value) => {
  expect(() => read(value)).toThrow(expect.objectContaining({ code: "SerializationException" }))
})

test("a structure within a request is as strict as the request", () => {
  expect(readObject({ Name: "a" }, types)).toEqual({ Name: "a" })
  expect(() => readObject({ Nam: "a" }, types)).toThrow("Unexpected member Nam")
})

test("a member that the fake does not know is refused by name", () => {
  expect(() => read({ GrantTokens: [] })).toThrow("this fake does not know GrantTokens")
})

test.each(["", "{", "[]", "null", '"text"'])("the body %j is no request", (body) => {
  expect(() => readMembers(Buffer.from(body), types)).toThrow(
    expect.objectContaining({ code: "SerializationException", status: 400 }),
  )
})

test("a body that is not UTF-8 is no request", () => {
  expect(() => readMembers(Buffer.from('{"Name":"\xff"}', "latin1"), types)).toThrow("Could not parse")
})

describe("a length", () => {
  const words = "1 validation error detected: Value"

  test("within its bounds is right", () => {
    for (const value of ["a", "ab", Buffer.from("abc")])
      expect(() => checkLength("x", value, 1, 3)).not.toThrow()
  })

  test.each([
    [undefined, `${words} null at 'x' failed to satisfy constraint: Member must not be null`],
    ["", `${words} at 'x' failed to satisfy constraint: Member must have length greater than or equal to 1`],
    ["abcd", `${words} at 'x' failed to satisfy constraint: Member must have length less than or equal to 3`],
  ])("of %j is refused in AWS's words", (value, message) => {
    expect(() => checkLength("x", value, 1, 3)).toThrow(message)
  })

  test("is a ValidationException", () => {
    expect(constraint("Value", "rule")).toMatchObject({ code: "ValidationException", status: 400 })
  })
})
