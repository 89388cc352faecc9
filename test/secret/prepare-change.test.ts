import { describe, expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import type { SecretChange } from "../../src/dotenv/secret-document.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { importChanges } from "../../src/secret/run/import-source.ts"
import { setChanges } from "../../src/secret/run/set-value.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId, shelfSettings } from "../fake/secret-shelf.ts"
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

test("--replace takes out what may not be sealed too", async () => {
  const ports = new SecretShelf('{"A":"1","PATH":"2","B C":"3"}').ports()
  const base = await readCurrent(shelfId, ports)
  const source = { type: "inline", bytes: Buffer.from('{"A":"4"}') } as const
  const changes = await importChanges(source, base, { replace: true, nested: "refuse" }, ports)
  expect(changes.flatMap((one) => (one.type === "unset" ? [one.name] : []))).toEqual(["PATH", "B C"])
})

test.each(['{"APP_KEY":null}', '{"APP_KEY":""}'])(
  "--rotate keeps no key of %s, with which Laravel would not start",
  async (text) => {
    const base = await readCurrent(shelfId, new SecretShelf(text).ports())
    const changes = setChanges("APP_KEY", new Secret("base64:new"), base, { rotate: true })
    expect(changes).toHaveLength(1)
  },
)

test("a secret can be changed beside one that is pinned, and the pinned one cannot", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const both = shelfSettings.replace(`secret: ${shelfId}`, `secret: [shared#AWSPREVIOUS, ${shelfId}]`)
  expect(await shelf.target(both, shelfId)).toMatchObject({ id: shelfId, at: 1 })
  expect(await failureOf(() => shelf.target(both, "shared"))).toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("is pinned to one version"),
  })
})

test("the first line of a key, which is all that a prompt takes of a paste, is refused", async () => {
  const line = "-----BEGIN PRIVATE KEY-----"
  const cut = async () => setChanges("KEY", new Secret(line), null, { rotate: false })
  expect(await failureOf(cut)).toMatchObject({
    code: "SECRET_REFUSED",
    hint: expect.stringContaining("standard input"),
  })
  const whole = new Secret(`${line}\nMA==\n-----END PRIVATE KEY-----\n`)
  expect(setChanges("KEY", whole, null, { rotate: false })).toHaveLength(1)
})
