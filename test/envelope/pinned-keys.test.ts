import { describe, expect, test } from "vitest"
import { type KeyPins, noPins, PinnedKeys } from "../../src/envelope/pinned-keys.ts"
import { FakeKeyService, keyArn } from "../fake/key-service.ts"

const own = keyArn("1234abcd-12ab-34cd-56ef-1234567890ab")
const other = keyArn("99999999-12ab-34cd-56ef-1234567890ab")
const multi = "mrk-1234abcd12ab34cd56ef1234567890ab"
const alias = "alias/envseal-production"
const fileKey = new Uint8Array(16)

function wrap(pins: Partial<KeyPins>, leadsTo: string, keyId = alias) {
  const keys = new PinnedKeys(new FakeKeyService({ [keyId]: leadsTo }), { ...noPins, ...pins })
  return { keys, wrapped: keys.wrap(keyId, fileKey, {}) }
}

describe("an alias", () => {
  test("that leads to a pinned key is taken, and needs no note", async () => {
    const { keys, wrapped } = wrap({ kmsKeys: [other, own] }, own)
    expect(await wrapped).toMatchObject({ keyArn: own })
    expect([...keys.unpinned]).toEqual([])
  })

  test.each([
    ["by its name", alias],
    ["by its ARN", `arn:aws:kms:eu-west-1:111122223333:${alias}`],
  ])("that was repointed to a key that is not pinned is refused %s", async (_, keyId) => {
    const { wrapped } = wrap({ kmsKeys: [own] }, other, keyId)
    await expect(wrapped).rejects.toMatchObject({
      code: "KEY_MISMATCH",
      message: `${keyId} leads to ${other}, which is none of the pinned keys`,
    })
  })

  test("may lead to any replica of a pinned multi-Region key", async () => {
    const { wrapped } = wrap({ kmsKeys: [keyArn(multi)] }, keyArn(multi, "us-east-1"))
    expect(await wrapped).toMatchObject({ keyArn: keyArn(multi, "us-east-1") })
  })

  test.each([
    ["account", { account: "999999999999" }],
    ["Region", { region: "us-east-1" }],
  ])("that leads to a key of another %s is refused without a pin too", async (_, pins) => {
    await expect(wrap(pins, own).wrapped).rejects.toMatchObject({ code: "KEY_MISMATCH" })
  })

  test("that no pin holds tells which key it led to", async () => {
    const { keys, wrapped } = wrap({ account: "111122223333", region: "eu-west-1" }, other)
    await wrapped
    expect([...keys.unpinned]).toEqual([[alias, other]])
  })
})

test("a key that is named by its ARN was chosen by who wrote it, and is not held against pins", async () => {
  const { keys, wrapped } = wrap({ kmsKeys: [own] }, other, other)
  expect(await wrapped).toMatchObject({ keyArn: other })
  expect([...keys.unpinned]).toEqual([])
})
