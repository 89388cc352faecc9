import { createServer } from "node:http"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { AwsSecretStore } from "../../../src/adapters/aws/secret-store.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, secretArn, settingFor, startAws } from "./setting.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.setWorld({ secrets: defaultWorld.secrets })
  await aws.clearRequests()
})

function storeFor(role = "deployer"): AwsSecretStore {
  const { settings, credentials } = settingFor(aws, role)
  return new AwsSecretStore(settings, credentials)
}

const current = { arn: secretArn, versionId: "00000000-0000-4000-8000-000000000002" }

test.each(["shop/production", secretArn])(
  "the current version of %s is known, and no value read",
  async (id) => {
    expect(await storeFor().currentVersion(id)).toEqual(current)
    expect(await asked(aws)).toEqual(["secretsmanager:DescribeSecret"])
  },
)

test("the version with another stage is known by that stage, and one that no version has is told", async () => {
  const before = { arn: secretArn, versionId: "00000000-0000-4000-8000-000000000001" }
  expect(await storeFor().currentVersion(secretArn, "AWSPREVIOUS")).toEqual(before)
  const { code, message } = await failureOf(() => storeFor().currentVersion(secretArn, "blue"))
  expect(code).toBe("SOURCE_MISSING")
  expect(message).toContain("no version with the stage blue")
})

test("who may know the current version may not read its value", async () => {
  expect((await failureOf(() => storeFor().read({ id: secretArn, version: null }))).code).toBe(
    "ACCESS_DENIED",
  )
})

test("a secret that is not there is told", async () => {
  await aws.setWorld({ secrets: [] })
  expect((await failureOf(() => storeFor().currentVersion(secretArn))).code).toBe("SOURCE_MISSING")
})

test("a secret that is not there is told with the Region and the account of its ARN, which nobody is asked for", async () => {
  await aws.setWorld({ secrets: [] })
  const { message, hint } = await failureOf(() => storeFor().currentVersion(secretArn))
  expect(message).toBe(`the secret ${secretArn} does not exist in eu-west-1 of account 111122223333`)
  expect(hint).toContain("--region")
  expect(hint).toContain("--profile")
  expect(await asked(aws)).toEqual(["secretsmanager:DescribeSecret"])
})

test("a secret that is marked for deletion has no current version", async () => {
  await aws.setWorld(withSecret(defaultWorld, "shop/production", { deletedAt: "2026-01-02T03:04:05Z" }))
  const { code, hint } = await failureOf(() => storeFor().currentVersion("shop/production"))
  expect(code).toBe("SOURCE_MISSING")
  expect(hint).toContain("aws secretsmanager restore-secret")
})

test("a secret without a value has no current version", async () => {
  await aws.setWorld(withSecret(defaultWorld, "shop/production", { versions: [] }))
  const { code, message } = await failureOf(() => storeFor().currentVersion("shop/production"))
  expect(code).toBe("SOURCE_MISSING")
  expect(message).toContain("has no current version")
})

test("a denial names the right to know the version, and not that to read it", async () => {
  const { code, hint } = await failureOf(() => storeFor("nobody").currentVersion(secretArn))
  expect(code).toBe("ACCESS_DENIED")
  expect(hint).toContain('"Action":"secretsmanager:DescribeSecret"')
})

test.each([
  ["a number", { VersionId: 12 }],
  ["nothing", {}],
])("a version id that is %s is no answer, and not handed on", async (_, part) => {
  const answer = { ARN: secretArn, Name: "shop/production", SecretString: '{"A":"hunter2"}', ...part }
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader("content-type", "application/x-amz-json-1.1")
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" ? address?.port : null
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${port}`)
  try {
    const failure = await failureOf(() => storeFor().read({ id: secretArn, version: null }))
    expect(failure.code).toBe("REMOTE_FAILED")
    expect(failure.message).toContain("did not say which version of")
    expect(JSON.stringify(failure)).not.toContain("hunter2")
  } finally {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  }
})
