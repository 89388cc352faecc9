import { describe, expect, test } from "vitest"
import type { SecretChange } from "../../src/dotenv/secret-document.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf } from "../fake/secret-shelf.ts"
import { prepared, set } from "./edit.ts"

describe("what is seen to change", () => {
  const changed = async (text: string, ...changes: readonly SecretChange[]) => {
    const { differences, text: after } = await prepared(new SecretShelf(text), ...changes)
    return [differences.map(({ name, change }) => `${change} ${name}`), after.reveal()]
  }

  test.each([
    ["may not be sealed", '{"A":"1","PATH":"2"}', "PATH"],
    ["is none", '{"A":"1","B C":"2"}', "B C"],
  ])("is a name that goes and %s", async (_, text, name) => {
    expect(await changed(text, { type: "unset", name })).toEqual([[`removed ${name}`], '{"A":"1"}'])
  })

  test("is a name that stood twice and is given the value that it has", async () => {
    expect(await changed('{"A":"1","A":"2"}', set("A", "1"))).toEqual([["changed A"], '{"A":"1"}'])
  })
})

test("more names than a secret may have are told as that", async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`A${at}`, ""]))
  const shelf = new SecretShelf(JSON.stringify(many))
  const failure = await failureOf(() => prepared(shelf, set("B", "1")))
  expect(failure.message).toContain("more than 5000 names")
})
