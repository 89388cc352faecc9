import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { AwsSecretInspector } from "../../../src/adapters/aws/secret-inspector.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { secretArn, settingFor, startAws, world } from "./setting.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({
    roles: [...defaultWorld.roles, ...world.roles.filter(({ name }) => name === "deployer")],
  })
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.setWorld({ secrets: defaultWorld.secrets })
  await aws.clearRequests()
})

function inspectorFor(role: string): AwsSecretInspector {
  const { settings, credentials } = settingFor(aws, role)
  return new AwsSecretInspector(settings, credentials)
}

test("a secret is described by its ARN and the stages of its versions", async () => {
  expect(await inspectorFor("deployer").describe("shop/production")).toEqual({
    arn: secretArn,
    deleted: false,
    versions: {
      "00000000-0000-4000-8000-000000000002": ["AWSCURRENT"],
      "00000000-0000-4000-8000-000000000001": ["AWSPREVIOUS"],
    },
  })
})

test("a secret that is not there is null, and one that is marked for deletion says so", async () => {
  expect(await inspectorFor("builder").describe("shop/other")).toBeNull()
  await aws.setWorld(withSecret(defaultWorld, "shop/production", { deletedAt: "2026-01-02T03:04:05Z" }))
  expect(await inspectorFor("builder").describe("shop/production")).toMatchObject({ deleted: true })
})

test("whether a role may read a secret is known without a value of it", async () => {
  expect(await inspectorFor("builder").mayRead("shop/production")).toBe(true)
  expect(await inspectorFor("app").mayRead("shop/production")).toBe(false)
  const requests = await aws.requests()
  expect(requests.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ["GetSecretValue", "ResourceNotFoundException"],
    ["GetSecretValue", "AccessDeniedException"],
  ])
})
