import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { exitStatus } from "../../src/cli/exit.ts"
import { decodeUtf8 } from "../../src/core/text.ts"
import { arnForRegion, isKeyId, isSameKey, parseKeyArn } from "../../src/envelope/kms-key.ts"
import { checkFileKey, decryptPayload, readEnvelope } from "../../src/envelope/open.ts"
import { parseRecipient } from "../../src/envelope/recipient.ts"
import { failureOf } from "../fake/failure.ts"
import { FakeKeyService, keyArn } from "../fake/key-service.ts"
import { alice } from "../fake/keys.ts"
import { context, sealed } from "../fake/sealed.ts"

const plainId = "aaaaaaaa-0000-4000-8000-000000000001"
const mrkId = "mrk-0123456789abcdef0123456789abcdef"
const own = keyArn(plainId)

describe("a KMS key", () => {
  test.each([
    own,
    keyArn(mrkId),
    "alias/shop",
    "alias/a/b_c-1",
    `arn:aws-cn:kms:cn-north-1:111122223333:alias/x`,
    plainId,
    mrkId,
  ])("can be called %s", (text) => {
    expect(isKeyId(text)).toBe(true)
    expect(parseRecipient(`aws-kms:${text}`, "test")).toEqual({
      type: "aws-kms",
      text: `aws-kms:${text}`,
      keyId: text,
    })
  })

  test.each([
    "",
    "shop",
    "alias/",
    "arn:aws:s3:::bucket",
    `${own} `,
    `${own}\n-> X`,
    "arn:aws:kms:eu-west-1:1:key/x",
  ])("cannot be called %j", async (text) => {
    expect(isKeyId(text)).toBe(false)
    expect((await failureOf(() => parseRecipient(`aws-kms:${text}`, "test"))).code).toBe("USAGE")
  })

  test("is the same as itself and as its replicas, and as no other", () => {
    expect(isSameKey(own, own)).toBe(true)
    expect(isSameKey(keyArn(mrkId, "eu-west-1"), keyArn(mrkId, "us-east-1"))).toBe(true)
    expect(isSameKey(own, keyArn(plainId, "us-east-1"))).toBe(false)
    expect(isSameKey(keyArn(mrkId), keyArn(mrkId).replace("111122223333", "444455556666"))).toBe(false)
    expect(isSameKey(keyArn(mrkId), keyArn(`${mrkId}0`))).toBe(false)
  })

  test("is used where the process is when it is multi-Region, and where it is otherwise", () => {
    expect(arnForRegion(keyArn(mrkId), "us-east-1")).toBe(keyArn(mrkId, "us-east-1"))
    expect(arnForRegion(keyArn(mrkId), null)).toBe(keyArn(mrkId))
    expect(arnForRegion(own, "us-east-1")).toBe(own)
  })

  test("is never read from arbitrary text that is not written like one", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const key = parseKeyArn(text)
        if (key === null) return true
        return text === `arn:${key.partition}:kms:${key.region}:${key.account}:key/${key.id}`
      }),
    )
  })
})

describe("an envelope for KMS keys", () => {
  const recipients = [alice.recipient, parseRecipient("aws-kms:alias/shop", "test")]

  test("has the context first, then the key under its own ARN, then age's stanzas", async () => {
    const keyService = new FakeKeyService({ "alias/shop": own })
    const envelope = readEnvelope(await sealed({ recipients }, keyService), "it")
    expect(envelope.stanzas.map(({ type }) => type)).toEqual(["envseal/context", "envseal/aws-kms", "X25519"])
    expect(envelope.stanzas[1]?.args).toEqual([own])
    expect(envelope.claims.recipients).toEqual([`aws-kms:${own}`, alice.recipient.text])
    expect(keyService.log).toEqual([{ operation: "wrap", key: own, context }])
  })

  test("has one stanza for two names of one key", async () => {
    const keyService = new FakeKeyService({ "alias/shop": own })
    const twice = [...recipients, parseRecipient(`aws-kms:${own}`, "test")]
    const envelope = readEnvelope(await sealed({ recipients: twice }, keyService), "it")
    expect(envelope.wrappedKeys).toHaveLength(1)
  })

  test("is not made when the service answers for another key than the one asked for", async () => {
    const keyService = new FakeKeyService({ [own]: keyArn("dddddddd-0000-4000-8000-000000000004") })
    const { code } = await failureOf(() =>
      sealed({ recipients: [parseRecipient(`aws-kms:${own}`, "test")] }, keyService),
    )
    expect(code).toBe("KEY_MISMATCH")
  })

  test.each([
    ["a key id", "aaaaaaaa-0000-4000-8000-000000000009"],
    ["an alias of another account", "arn:aws:kms:eu-west-1:444455556666:alias/shop"],
    ["an alias of another Region", "arn:aws:kms:us-east-1:111122223333:alias/shop"],
  ])("is not made when the service answers for a key that cannot be that of %s", async (_, keyId) => {
    const keyService = new FakeKeyService({ [keyId]: own })
    const recipients = [parseRecipient(`aws-kms:${keyId}`, "test")]
    expect((await failureOf(() => sealed({ recipients }, keyService))).code).toBe("KEY_MISMATCH")
  })

  test("is not made without a key service", async () => {
    expect((await failureOf(() => sealed({ recipients }, null))).code).toBe("USAGE")
  })

  test("ends with 4 or 6 when any byte of it is changed, and never opens", async () => {
    const keyService = new FakeKeyService({ "alias/shop": own })
    const file = await sealed(
      { recipients: [parseRecipient("aws-kms:alias/shop", "test")], armored: false },
      keyService,
    )
    const statuses = new Set<number>()
    for (let at = 0; at < file.length; at++) {
      const changed = file.map((byte, index) => (index === at ? byte ^ 1 : byte))
      statuses.add(await statusOf(changed, keyService))
    }
    expect([...statuses].sort()).toEqual([4, 6])
  })

  test.each([
    ["without an ARN", "-> envseal/aws-kms"],
    ["with an alias", "-> envseal/aws-kms arn:aws:kms:eu-west-1:111122223333:alias/shop"],
    ["with two arguments", `-> envseal/aws-kms ${own} ${own}`],
  ])("is malformed when its KMS stanza is %s", async (_, line) => {
    const keyService = new FakeKeyService({ "alias/shop": own })
    const file = await sealed({ recipients, armored: false }, keyService)
    expect((await failureOf(() => readEnvelope(withLine(file, line), "it"))).code).toBe("HEADER_MALFORMED")
  })

  test("is altered when a KMS stanza is not one of its recipients", async () => {
    const keyService = new FakeKeyService({ "alias/shop": own })
    const file = await sealed({ recipients, armored: false }, keyService)
    const other = `-> envseal/aws-kms ${keyArn("dddddddd-0000-4000-8000-000000000004")}`
    expect((await failureOf(() => readEnvelope(withLine(file, other), "it"))).code).toBe("TAMPERED")
  })
})

function withLine(file: Uint8Array, line: string): Uint8Array {
  const text = Buffer.from(file).toString("latin1")
  return Buffer.from(text.replace(/^-> envseal\/aws-kms .*$/m, line), "latin1")
}

/** The status that opening with the key service ends with; 0 when it gives a text. */
async function statusOf(file: Uint8Array, keyService: FakeKeyService): Promise<number> {
  try {
    const envelope = readEnvelope(file, "it")
    const [wrapped] = envelope.wrappedKeys
    if (wrapped === undefined) return 5
    const fileKey = await keyService.unwrap(wrapped, context)
    await checkFileKey(envelope, fileKey)
    return decodeUtf8(await decryptPayload(envelope, fileKey)) === null ? 4 : 0
  } catch (error) {
    return exitStatus(error)
  }
}
