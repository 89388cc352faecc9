import { expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { importChanges } from "../../src/secret/run/import-source.ts"
import { setChanges } from "../../src/secret/run/set-value.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"

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
