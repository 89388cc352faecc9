import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { AwsKeyInspector } from "../../../src/adapters/aws/key-inspector.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { appKey, defaultWorld, withKey } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { settingFor, startAws, world } from "./setting.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({
    roles: [...defaultWorld.roles, ...world.roles.filter(({ name }) => name === "deployer")],
  })
  process.env["AWS_ENDPOINT_URL_KMS"] = aws.url
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.setWorld({ keys: defaultWorld.keys })
  await aws.clearRequests()
})

const context = { app: "shop", environment: "production" }

function inspectorFor(role: string): AwsKeyInspector {
  const { settings, credentials } = settingFor(aws, role)
  return new AwsKeyInspector(settings, credentials)
}

test("a key is described by its own ARN, whichever name it is asked for by", async () => {
  const description = {
    arn: appKey,
    account: "111122223333",
    state: "Enabled",
    usage: "ENCRYPT_DECRYPT",
    spec: "SYMMETRIC_DEFAULT",
  }
  expect(await inspectorFor("app").describe("alias/envseal")).toEqual(description)
  expect(await inspectorFor("app").describe(appKey)).toEqual(description)
})

test("a key that is not there is null, and one that may not be looked at is denied", async () => {
  expect(await inspectorFor("app").describe("alias/other")).toBeNull()
  expect((await failureOf(() => inspectorFor("nobody").describe(appKey))).code).toBe("ACCESS_DENIED")
})

test("whether a role may use a key is known without a use of it", async () => {
  expect(await inspectorFor("app").may("decrypt", appKey, context)).toEqual({ allowed: true })
  expect(await inspectorFor("builder").may("encrypt", appKey, context)).toEqual({ allowed: true })
  const outcomes = (await aws.requests()).map(({ outcome }) => outcome)
  expect(outcomes).toEqual(["DryRunOperationException", "DryRunOperationException"])
})

test("that a role may not use a key comes with the reason of KMS", async () => {
  expect(await inspectorFor("builder").may("decrypt", appKey, context)).toEqual({
    allowed: false,
    why: "no identity-based policy allows the kms:Decrypt action",
  })
})

test("a key that nobody can use is told, and not taken for a denial", async () => {
  await aws.setWorld(withKey(defaultWorld, appKey, { state: "Disabled" }))
  expect((await failureOf(() => inspectorFor("app").may("decrypt", appKey, context))).code).toBe(
    "KEY_UNUSABLE",
  )
})
