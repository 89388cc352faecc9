import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
} from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { PolicyDocument } from "./policy.ts"
import { kmsAs, sdkFailure } from "./sdk.ts"
import { appKey, defaultKeyPolicy, defaultWorld, keyArn, multiRegionKey, withKey, withRole } from "./world.ts"

const context = { app: "shop", env: "production" }
const otherId = "ffffffff-12ab-34cd-56ef-1234567890ab"
const signingKey = keyArn("eeeeeeee-12ab-34cd-56ef-1234567890ab")
const foreignId = "dddddddd-12ab-34cd-56ef-1234567890ab"
const foreignKey = keyArn(foreignId, "eu-west-1", "444455556666")
const appSession = "arn:aws:sts::111122223333:assumed-role/app/static"
const hiddenWords =
  "because the resource does not exist in this Region, no resource-based policies allow access, or a " +
  "resource-based policy explicitly denies access"

const everything = { Effect: "Allow", Action: "kms:*", Resource: "*" } as const
const world = {
  ...defaultWorld,
  roles: [
    ...defaultWorld.roles,
    {
      name: "admin",
      policies: [{ Version: "2012-10-17", Statement: everything } as const],
      mechanisms: ["static"] as const,
    },
  ],
  keys: [
    ...defaultWorld.keys,
    { arn: keyArn(otherId), policy: defaultKeyPolicy },
    { arn: signingKey, usage: "SIGN_VERIFY" as const, policy: defaultKeyPolicy },
    { arn: foreignKey, aliases: ["alias/theirs"], policy: shared("arn:aws:iam::444455556666:root") },
  ],
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(async () => {
  await aws.setWorld(world)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

function shared(principal: string, condition = {}): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: { ...everything, Principal: { AWS: principal }, Condition: condition },
  }
}

async function sealed(
  keyId = appKey,
  encryptionContext: Record<string, string> = context,
): Promise<Uint8Array> {
  const command = new EncryptCommand({
    KeyId: keyId,
    Plaintext: Buffer.from("file key"),
    EncryptionContext: encryptionContext,
  })
  const { CiphertextBlob } = await kmsAs(aws, "admin").send(command)
  return CiphertextBlob ?? new Uint8Array()
}

function open(blob: Uint8Array, keyId?: string, encryptionContext: Record<string, string> = context) {
  return new DecryptCommand({
    CiphertextBlob: blob,
    EncryptionContext: encryptionContext,
    ...(keyId !== undefined && { KeyId: keyId }),
  })
}

describe("a data key", () => {
  test("comes in plain and sealed, and opens again", async () => {
    const command = new GenerateDataKeyCommand({
      KeyId: appKey,
      KeySpec: "AES_256",
      EncryptionContext: context,
    })
    const key = await kmsAs(aws, "builder").send(command)
    expect(key).toMatchObject({ KeyId: appKey, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(key.Plaintext?.length).toBe(32)
    const opened = await kmsAs(aws, "app").send(open(key.CiphertextBlob ?? new Uint8Array(), appKey))
    expect(opened).toMatchObject({ KeyId: appKey, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" })
    expect(opened.Plaintext).toEqual(key.Plaintext)
  })

  test.each([
    ["AES_128", { KeySpec: "AES_128" as const }, 16],
    ["a number of bytes", { NumberOfBytes: 1024 }, 1024],
  ])("of %s has that length", async (_, size, length) => {
    const key = await kmsAs(aws, "builder").send(new GenerateDataKeyCommand({ KeyId: appKey, ...size }))
    expect(key.Plaintext?.length).toBe(length)
  })

  test.each([
    ["neither", {}, "Please specify either number of bytes or key spec."],
    [
      "both",
      { KeySpec: "AES_256" as const, NumberOfBytes: 32 },
      "Please specify either number of bytes or key spec.",
    ],
    ["no byte", { NumberOfBytes: 0 }, "Member must have value greater than or equal to 1"],
    ["too many bytes", { NumberOfBytes: 1025 }, "Member must have value less than or equal to 1024"],
    [
      "an unknown spec",
      { KeySpec: "AES_512" as "AES_256" },
      "Member must satisfy enum value set: [AES_256, AES_128]",
    ],
  ])("of %s is refused", async (_, size, message) => {
    const work = kmsAs(aws, "builder").send(new GenerateDataKeyCommand({ KeyId: appKey, ...size }))
    expect(await sdkFailure(work)).toEqual({
      ...{ name: "ValidationException", status: 400 },
      message: expect.stringContaining(message),
    })
  })
})

describe("what was encrypted", () => {
  test("opens without a KeyId, by the key that the blob names", async () => {
    const opened = await kmsAs(aws, "app").send(open(await sealed()))
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe("file key")
    expect(opened.KeyId).toBe(appKey)
  })

  test("opens after a restart", async () => {
    const blob = await sealed()
    await using other = await startFakeAws(world)
    const opened = await kmsAs(other, "app").send(open(blob, appKey))
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe("file key")
  })

  test.each([
    ["another context", { app: "shop", env: "staging" }],
    ["no context", {}],
  ])("does not open with %s, and the error has no message", async (_, other) => {
    const work = kmsAs(aws, "app").send(open(await sealed(), appKey, other))
    expect(await sdkFailure(work)).toEqual({
      ...{ name: "InvalidCiphertextException", message: "UnknownError", status: 400 },
    })
  })

  test.each([undefined, appKey])("does not open when it is damaged, with KeyId %s", async (keyId) => {
    const blob = await sealed()
    blob.set([(blob.at(-1) ?? 0) ^ 1], blob.length - 1)
    for (const bytes of [blob, Buffer.from("garbage")]) {
      const failure = await sdkFailure(kmsAs(aws, "app").send(open(bytes, keyId)))
      expect(failure.name).toBe("InvalidCiphertextException")
    }
  })

  test("does not open under another key", async () => {
    const work = kmsAs(aws, "app").send(open(await sealed(), keyArn(otherId)))
    expect(await sdkFailure(work)).toEqual({
      name: "IncorrectKeyException",
      message: "The key ID in the request does not identify a CMK that can perform this operation.",
      status: 400,
    })
  })

  test("under a key of one Region does not open in another, where nothing is told of it", async () => {
    const work = kmsAs(aws, "app", { region: "eu-central-1" }).send(open(await sealed()))
    expect(await sdkFailure(work)).toEqual({
      name: "AccessDeniedException",
      message:
        `User: ${appSession} is not authorized to perform: kms:Decrypt on the resource associated with this ` +
        `ciphertext ${hiddenWords}`,
      status: 400,
    })
  })

  test("under a multi-Region key opens in the other Region, and the answer names the key there", async () => {
    const blob = await sealed(multiRegionKey)
    const there = multiRegionKey.replace("eu-west-1", "eu-central-1")
    const kms = kmsAs(aws, "app", { region: "eu-central-1" })
    expect(await kms.send(open(blob))).toMatchObject({ KeyId: there })
    expect(await kms.send(open(blob, there))).toMatchObject({ KeyId: there })
  })
})

describe("a size", () => {
  const encrypt = (length: number) =>
    kmsAs(aws, "builder").send(new EncryptCommand({ KeyId: appKey, Plaintext: Buffer.alloc(length) }))

  test("of 4096 bytes can be encrypted, and its blob opened", async () => {
    const { CiphertextBlob = new Uint8Array() } = await encrypt(4096)
    expect(CiphertextBlob.length).toBeLessThanOrEqual(6144)
    expect((await kmsAs(aws, "app").send(open(CiphertextBlob, appKey, {}))).Plaintext?.length).toBe(4096)
  })

  test.each([
    [0, "greater than or equal to 1"],
    [4097, "less than or equal to 4096"],
  ])("of %d bytes cannot be encrypted", async (length, rule) => {
    expect(await sdkFailure(encrypt(length))).toMatchObject({
      name: "ValidationException",
      message:
        "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have " +
        `length ${rule}`,
    })
  })

  test("of more than 6144 bytes is no ciphertext", async () => {
    expect(await sdkFailure(kmsAs(aws, "app").send(open(Buffer.alloc(6145))))).toMatchObject({
      name: "ValidationException",
      message:
        "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must have " +
        "length less than or equal to 6144",
    })
  })
})

describe("a KeyId", () => {
  const describeKey = (KeyId: string, role = "app", region = "eu-west-1") =>
    kmsAs(aws, role, { region }).send(new DescribeKeyCommand({ KeyId }))

  test.each([
    ["key ARN", appKey],
    ["key id", appKey.split("/").at(-1) ?? ""],
    ["alias name", "alias/envseal"],
    ["alias ARN", "arn:aws:kms:eu-west-1:111122223333:alias/envseal"],
  ])("may be a %s, and the answer has the key's ARN", async (_, keyId) => {
    const { KeyMetadata } = await describeKey(keyId)
    expect(KeyMetadata).toMatchObject({ Arn: appKey, KeyState: "Enabled", MultiRegion: false, Enabled: true })
    const blob = await sealed(keyId)
    expect(await kmsAs(aws, "app").send(open(blob, keyId))).toMatchObject({ KeyId: appKey })
  })

  test("of a multi-Region key is described with both Regions", async () => {
    const there = multiRegionKey.replace("eu-west-1", "eu-central-1")
    const { KeyMetadata } = await describeKey(there, "app", "eu-central-1")
    expect(KeyMetadata?.MultiRegionConfiguration).toEqual({
      MultiRegionKeyType: "REPLICA",
      PrimaryKey: { Arn: multiRegionKey, Region: "eu-west-1" },
      ReplicaKeys: [{ Arn: there, Region: "eu-central-1" }],
    })
  })

  test.each([
    ["an ARN without a key", keyArn("00000000-12ab-34cd-56ef-1234567890ab"), /^Key 'arn:.*' does not exist$/],
    [
      "an id without a key",
      "00000000-12ab-34cd-56ef-1234567890ab",
      /^Key 'arn:aws:kms:eu-west-1:111122223333:/,
    ],
    ["no id", "fake-key-id", /^Invalid keyId 'fake-key-id'$/],
    [
      "an alias without a key",
      "alias/no",
      /^Alias arn:aws:kms:eu-west-1:111122223333:alias\/no is not found\.$/,
    ],
    ["an ARN of another Region", keyArn(otherId, "us-east-1"), /^Invalid arn us-east-1$/],
  ])("that is %s is not found", async (_, keyId, message) => {
    expect(await sdkFailure(describeKey(keyId))).toEqual({
      ...{ name: "NotFoundException", status: 400 },
      message: expect.stringMatching(message),
    })
  })

  test("without a key is not found only by who may ask", async () => {
    const missing = keyArn("00000000-12ab-34cd-56ef-1234567890ab")
    expect(await sdkFailure(describeKey(missing, "nobody"))).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("because no identity-based policy allows the kms:DescribeKey action"),
    })
  })
})

describe("a key that is not enabled", () => {
  test.each([
    ["Disabled", "DisabledException", "is disabled."],
    ["PendingDeletion", "KMSInvalidStateException", "is pending deletion."],
    ["PendingImport", "KMSInvalidStateException", "is pending import."],
    ["Unavailable", "KMSInvalidStateException", "is unavailable."],
    ["Creating", "KMSInvalidStateException", "is creating."],
  ] as const)("but %s can be described, and neither seals nor opens", async (state, name, words) => {
    const blob = await sealed()
    await aws.setWorld(withKey(world, appKey, { state }))
    const expected = { name, message: `${appKey} ${words}`, status: 400 }
    const described = await kmsAs(aws, "app").send(new DescribeKeyCommand({ KeyId: appKey }))
    expect(described.KeyMetadata).toMatchObject({ KeyState: state, Enabled: false })
    expect(await sdkFailure(kmsAs(aws, "app").send(open(blob, appKey)))).toEqual(expected)
    expect(await sdkFailure(kmsAs(aws, "app").send(open(blob)))).toEqual(expected)
    expect(await sdkFailure(sealed())).toEqual(expected)
  })

  test("does not tell so to who may not use it", async () => {
    const blob = await sealed()
    await aws.setWorld(withKey(world, appKey, { state: "Disabled" }))
    expect(await sdkFailure(kmsAs(aws, "nobody").send(open(blob, appKey)))).toMatchObject({
      name: "AccessDeniedException",
    })
  })
})

test("a key for signatures does not encrypt", async () => {
  expect(await sdkFailure(sealed(signingKey))).toEqual({
    name: "InvalidKeyUsageException",
    message: `${signingKey} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
    status: 400,
  })
})

test("another algorithm does not go with the key", async () => {
  const command = new EncryptCommand({
    ...{ KeyId: appKey, Plaintext: Buffer.from("x"), EncryptionAlgorithm: "RSAES_OAEP_SHA_256" },
  })
  expect(await sdkFailure(kmsAs(aws, "builder").send(command))).toMatchObject({
    name: "InvalidKeyUsageException",
  })
})

describe("who may use a key", () => {
  const denied = (action: string, reason: string) => ({
    name: "AccessDeniedException",
    message: `User: ${appSession} is not authorized to perform: kms:${action} on resource: ${appKey} ${reason}`,
    status: 400,
  })

  test("is told by identity policies where the key policy leaves it to the account", async () => {
    const encrypt = new EncryptCommand({ KeyId: appKey, Plaintext: Buffer.from("x") })
    const reason = "because no identity-based policy allows the kms:Encrypt action"
    expect(await sdkFailure(kmsAs(aws, "app").send(encrypt))).toEqual(denied("Encrypt", reason))
  })

  test("is told by the key policy alone where it does not", async () => {
    const blob = await sealed()
    await aws.setWorld(withKey(world, appKey, { policy: shared("arn:aws:iam::111122223333:role/nobody") }))
    const reason = "because no resource-based policy allows the kms:Decrypt action"
    expect(await sdkFailure(kmsAs(aws, "app").send(open(blob, appKey)))).toEqual(denied("Decrypt", reason))
    expect(await kmsAs(aws, "nobody").send(open(blob, appKey))).toMatchObject({ KeyId: appKey })
  })

  test("is told without the ARN where only the ciphertext names the key", async () => {
    const blob = await sealed()
    const { message } = await sdkFailure(kmsAs(aws, "nobody").send(open(blob)))
    expect(message).toContain(
      "kms:Decrypt on the resource associated with this ciphertext because no identity-based policy allows the " +
        "kms:Decrypt action",
    )
  })

  test("can be narrowed to a context, whose names the policy compares without case and whose values with", async () => {
    const condition = { StringEquals: { "kms:EncryptionContext:APP": "shop" } }
    const blob = await sealed(appKey, context)
    const other = await sealed(appKey, { app: "Shop", env: "production" })
    await aws.setWorld(
      withKey(world, appKey, { policy: shared("arn:aws:iam::111122223333:role/app", condition) }),
    )
    expect(await kmsAs(aws, "app").send(open(blob, appKey))).toMatchObject({ KeyId: appKey })
    const failure = await sdkFailure(
      kmsAs(aws, "app").send(open(other, appKey, { app: "Shop", env: "production" })),
    )
    expect(failure.name).toBe("AccessDeniedException")
  })

  test("can be denied in words", async () => {
    const blob = await sealed()
    const deny = { Version: "2012-10-17", Statement: { ...everything, Effect: "Deny" } } as const
    await aws.setWorld(withRole(world, "app", { policies: [deny, ...(world.roles[0]?.policies ?? [])] }))
    const reason = "with an explicit deny in an identity-based policy"
    expect(await sdkFailure(kmsAs(aws, "app").send(open(blob, appKey)))).toEqual(denied("Decrypt", reason))
  })

  test("of another account is told nothing of a key that is not shared", async () => {
    for (const KeyId of [foreignKey, foreignKey.replace(foreignId, "00000000-12ab-34cd-56ef-1234567890ab")]) {
      const failure = await sdkFailure(kmsAs(aws, "admin").send(new DescribeKeyCommand({ KeyId })))
      expect(failure).toEqual({
        name: "AccessDeniedException",
        message:
          "User: arn:aws:sts::111122223333:assumed-role/admin/static is not authorized to perform: " +
          `kms:DescribeKey on this resource ${hiddenWords}`,
        status: 400,
      })
    }
  })

  test("of another account may use a key that both sides allow", async () => {
    await aws.setWorld(withKey(world, foreignKey, { policy: shared("arn:aws:iam::111122223333:root") }))
    const alias = "arn:aws:kms:eu-west-1:444455556666:alias/theirs"
    const blob = await sealed(alias)
    expect(await kmsAs(aws, "admin").send(open(blob))).toMatchObject({ KeyId: foreignKey })
  })
})

describe("a dry run", () => {
  const dryRun = (role: string) =>
    kmsAs(aws, role).send(new GenerateDataKeyCommand({ KeyId: appKey, KeySpec: "AES_256", DryRun: true }))

  test("ends with DryRunOperationException where the call would succeed", async () => {
    expect(await sdkFailure(dryRun("builder"))).toEqual({
      name: "DryRunOperationException",
      message: "The request would have succeeded, but the DryRun option is set.",
      status: 400,
    })
  })

  test("ends with the call's own error where it would not", async () => {
    expect(await sdkFailure(dryRun("app"))).toMatchObject({ name: "AccessDeniedException" })
    await aws.setWorld(withKey(world, appKey, { state: "Disabled" }))
    expect(await sdkFailure(dryRun("builder"))).toMatchObject({ name: "DisabledException" })
  })

  test("of Decrypt needs a ciphertext, unless it is told to ignore it", async () => {
    const decrypt = (part: object) =>
      sdkFailure(kmsAs(aws, "app").send(new DecryptCommand({ KeyId: appKey, ...part })))
    const ignore = { DryRunModifiers: ["IGNORE_CIPHERTEXT"] }
    expect(await decrypt({ DryRun: true })).toMatchObject({ name: "ValidationException" })
    expect(await decrypt({ DryRun: true, ...ignore })).toMatchObject({ name: "DryRunOperationException" })
    expect(await decrypt(ignore)).toMatchObject({ name: "ValidationException" })
    expect(await decrypt({ DryRun: true, DryRunModifiers: ["OTHER"] })).toMatchObject({
      name: "ValidationException",
    })
    const sealedBlob = { CiphertextBlob: await sealed(), EncryptionContext: context }
    expect(await decrypt({ DryRun: true, ...sealedBlob })).toMatchObject({ name: "DryRunOperationException" })
  })
})

test("what the fake does not have is refused, not ignored", async () => {
  const work = kmsAs(aws, "app").send(
    new DecryptCommand({ CiphertextBlob: await sealed(), GrantTokens: ["x"] }),
  )
  expect(await sdkFailure(work)).toMatchObject({
    ...{ name: "ValidationException", message: "this fake does not know GrantTokens" },
  })
})

test("the log has KeyId and context as they were sent, and the outcome", async () => {
  const blob = await sealed()
  await aws.clearRequests()
  await sdkFailure(kmsAs(aws, "nobody").send(open(blob, "alias/envseal")))
  await kmsAs(aws, "app").send(open(blob))
  const line = { service: "kms", operation: "Decrypt", region: "eu-west-1", encryptionContext: context }
  expect(await aws.requests()).toEqual([
    {
      ...{ ...line, keyId: "alias/envseal", principal: "arn:aws:iam::111122223333:role/nobody" },
      ...{ outcome: "AccessDeniedException", status: 400 },
    },
    { ...line, principal: "arn:aws:iam::111122223333:role/app", outcome: "ok", status: 200 },
  ])
})
