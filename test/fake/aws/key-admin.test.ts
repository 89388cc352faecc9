import {
  CancelKeyDeletionCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
} from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { PolicyDocument } from "./policy.ts"
import { kmsAs, sdkFailure } from "./sdk.ts"
import {
  appKey,
  defaultKeyPolicy,
  defaultWorld,
  keyArn,
  multiRegionKey,
  roleArn,
  type World,
  withKey,
} from "./world.ts"

const everything = { Effect: "Allow", Action: "kms:*", Resource: "*" } as const
const foreignKey = keyArn("dddddddd-12ab-34cd-56ef-1234567890ab", "eu-west-1", "444455556666")
const adminPolicy: PolicyDocument = { Version: "2012-10-17", Statement: everything }
const world: World = {
  ...defaultWorld,
  roles: [...defaultWorld.roles, { name: "admin", policies: [adminPolicy], mechanisms: ["static"] }],
  keys: [
    ...defaultWorld.keys,
    {
      arn: foreignKey,
      policy: { Version: "2012-10-17", Statement: { ...everything, Principal: "*" } },
    },
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

async function stateOf(key: string): Promise<string | undefined> {
  const { KeyMetadata } = await kmsAs(aws, "admin").send(new DescribeKeyCommand({ KeyId: key }))
  return KeyMetadata?.KeyState
}

function dryDecrypt(role: string, key = appKey) {
  const command = new DecryptCommand({ KeyId: key, DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] })
  return sdkFailure(kmsAs(aws, role).send(command))
}

function put(policy: unknown, part: { readonly BypassPolicyLockoutSafetyCheck?: boolean } = {}) {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy)
  return kmsAs(aws, "admin").send(new PutKeyPolicyCommand({ KeyId: appKey, Policy: text, ...part }))
}

function only(role: string): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: { ...everything, Principal: { AWS: roleArn(role) } },
  }
}

test("DisableKey disables an enabled key, and leaves a disabled one as it is", async () => {
  await kmsAs(aws, "admin").send(new DisableKeyCommand({ KeyId: appKey }))
  await kmsAs(aws, "admin").send(new DisableKeyCommand({ KeyId: appKey }))
  expect(await stateOf(appKey)).toBe("Disabled")
  expect(await dryDecrypt("app")).toMatchObject({ name: "DisabledException" })
})

describe("EnableKey", () => {
  test("enables a disabled key, and leaves an enabled one as it is", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "Disabled" }))
    expect(await stateOf(appKey)).toBe("Disabled")
    expect(await dryDecrypt("app")).toMatchObject({ name: "DisabledException" })
    await kmsAs(aws, "admin").send(new EnableKeyCommand({ KeyId: appKey }))
    await kmsAs(aws, "admin").send(new EnableKeyCommand({ KeyId: appKey }))
    expect(await stateOf(appKey)).toBe("Enabled")
    expect(await dryDecrypt("app")).toMatchObject({ name: "DryRunOperationException" })
    expect(await aws.requests()).toContainEqual(
      expect.objectContaining({ operation: "EnableKey", keyId: appKey, outcome: "ok" }),
    )
  })

  test("enables the key of one Region only", async () => {
    const replica = multiRegionKey.replace("eu-west-1", "eu-central-1")
    const disabled = { ...world, ...withKey(world, multiRegionKey, { state: "Disabled" }) }
    await aws.setWorld(withKey(disabled, replica, { state: "Disabled" }))
    await kmsAs(aws, "admin").send(new EnableKeyCommand({ KeyId: multiRegionKey }))
    const { keys } = await aws.world()
    expect(keys.find(({ arn }) => arn === multiRegionKey)?.state).toBe("Enabled")
    expect(keys.find(({ arn }) => arn === replica)?.state).toBe("Disabled")
  })

  test("refuses a key that is to be deleted, by its state", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "PendingDeletion" }))
    expect(await sdkFailure(kmsAs(aws, "admin").send(new EnableKeyCommand({ KeyId: appKey })))).toMatchObject(
      { name: "KMSInvalidStateException", message: `${appKey} is pending deletion.` },
    )
  })

  test("refuses who has no permission, an alias, and a key of another account", async () => {
    const enable = (role: string, KeyId: string) =>
      sdkFailure(kmsAs(aws, role).send(new EnableKeyCommand({ KeyId })))
    expect(await enable("app", appKey)).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("is not authorized to perform: kms:EnableKey on resource: "),
    })
    expect(await enable("admin", "alias/envseal")).toMatchObject({ name: "NotFoundException" })
    expect(await enable("admin", "arn:aws:kms:eu-west-1:111122223333:alias/envseal")).toMatchObject({
      name: "InvalidArnException",
    })
    expect(await enable("admin", foreignKey)).toMatchObject({ name: "AccessDeniedException" })
  })
})

describe("CancelKeyDeletion", () => {
  test("leaves a key that was to be deleted disabled", async () => {
    await aws.setWorld(withKey(world, appKey, { state: "PendingDeletion" }))
    const answer = await kmsAs(aws, "admin").send(new CancelKeyDeletionCommand({ KeyId: appKey }))
    expect(answer.KeyId).toBe(appKey)
    expect(await stateOf(appKey)).toBe("Disabled")
  })

  test("refuses a key that is not to be deleted", async () => {
    const command = new CancelKeyDeletionCommand({ KeyId: appKey })
    expect(await sdkFailure(kmsAs(aws, "admin").send(command))).toMatchObject({
      name: "KMSInvalidStateException",
    })
  })
})

describe("a key policy", () => {
  test("is read as it is", async () => {
    const answer = await kmsAs(aws, "admin").send(new GetKeyPolicyCommand({ KeyId: appKey }))
    expect(answer.PolicyName).toBe("default")
    expect(JSON.parse(answer.Policy ?? "")).toEqual(defaultKeyPolicy)
  })

  test("decides at once when it is put", async () => {
    expect(await dryDecrypt("app")).toMatchObject({ name: "DryRunOperationException" })
    await put(only("admin"))
    expect(await dryDecrypt("app")).toMatchObject({ name: "AccessDeniedException" })
    await put(defaultKeyPolicy)
    expect(await dryDecrypt("app")).toMatchObject({ name: "DryRunOperationException" })
  })

  test("is refused when it would lock out who puts it, unless that is meant", async () => {
    expect(await sdkFailure(put(only("app")))).toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: "The new key policy will not allow you to update the key policy in the future.",
    })
    expect(await dryDecrypt("app")).toMatchObject({ name: "DryRunOperationException" })
    await put(only("nobody"), { BypassPolicyLockoutSafetyCheck: true })
    expect(await dryDecrypt("app")).toMatchObject({ name: "AccessDeniedException" })
  })

  test("is refused when it is no JSON, no policy, or names a role that is not there", async () => {
    const noOne = { ...only("admin"), Statement: { ...everything, Principal: { AWS: roleArn("no-one") } } }
    for (const policy of ["{", "null", { Version: "2012-10-17", Statement: everything }, noOne]) {
      expect(await sdkFailure(put(policy))).toMatchObject({ name: "MalformedPolicyDocumentException" })
    }
    expect((await aws.world()).keys[0]?.policy).toEqual(defaultKeyPolicy)
  })

  test("has no other name than default", async () => {
    const command = new GetKeyPolicyCommand({ KeyId: appKey, PolicyName: "other" })
    expect(await sdkFailure(kmsAs(aws, "admin").send(command))).toMatchObject({
      name: "NotFoundException",
    })
  })

  test("is neither shown nor changed for who has no permission", async () => {
    const app = kmsAs(aws, "app")
    expect(await sdkFailure(app.send(new GetKeyPolicyCommand({ KeyId: appKey })))).toMatchObject({
      name: "AccessDeniedException",
    })
    const Policy = JSON.stringify(defaultKeyPolicy)
    expect(await sdkFailure(app.send(new PutKeyPolicyCommand({ KeyId: appKey, Policy })))).toMatchObject({
      name: "AccessDeniedException",
    })
  })
})
