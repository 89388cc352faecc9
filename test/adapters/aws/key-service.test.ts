import { createServer } from "node:net"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { AwsKeyService } from "../../../src/adapters/aws/key-service.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { defaultKeyPolicy, keyArn } from "../../fake/aws/world.ts"
import { asked, settingFor, startAws } from "./setting.ts"

const key = keyArn("1234abcd-12ab-34cd-56ef-1234567890ab")
/** Its base64 has every kind of character that base64 has. */
const fileKey = Buffer.from("fbefbe0011223344556677fffe9900aa", "hex")

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({ keys: [{ arn: key, aliases: [], policy: defaultKeyPolicy }] })
})
beforeEach(() => vi.stubEnv("AWS_ENDPOINT_URL_KMS", aws.url))
afterEach(() => vi.unstubAllEnvs())
afterAll(() => aws.stop())

const spellings = (["base64", "base64url", "hex"] as const).map((encoding) =>
  fileKey.toString(encoding).replace(/=+$/, ""),
)

async function failureOf(work: Promise<unknown>): Promise<EnvsealError> {
  const error = await work.catch((thrown: unknown) => thrown)
  if (error instanceof EnvsealError) return error
  throw new Error("there was no failure of ours")
}

test("a failure that echoes the request shows no file key, wrapped or not", async () => {
  await aws.fail({ service: "kms", with: "echo" })
  const { settings, credentials, said } = settingFor(aws)
  const keys = new AwsKeyService(settings, credentials)
  const failures = [
    await failureOf(keys.wrap(key, fileKey, { app: "shop" })),
    await failureOf(keys.unwrap({ keyArn: key, ciphertext: fileKey }, { app: "shop" })),
  ]
  for (const { code, message, hint } of failures) {
    expect(code, message).toBe("ACCESS_DENIED")
    for (const shown of [message, hint, ...said])
      for (const spelling of spellings) expect(shown).not.toContain(spelling)
  }
  await aws.clearFailures()
})

test.each([
  ["https://kms.example.invalid", "HTTPS_PROXY"],
  ["http://kms.example.invalid", "HTTP_PROXY"],
])("a proxy that is not up is not told as a failure of KMS at %s", async (endpoint, variable) => {
  const closed = await closedPort()
  vi.stubEnv(variable, `http://me:hunter2@127.0.0.1:${closed}`)
  vi.stubEnv("AWS_ENDPOINT_URL_KMS", endpoint)
  const { settings, credentials } = settingFor(aws, "deployer", { remainingMs: () => 600 })
  const { code, message } = await failureOf(
    new AwsKeyService(settings, credentials).wrap(key, fileKey, { app: "shop" }),
  )
  expect(code).toBe("REMOTE_FAILED")
  expect(message).toContain("the proxy cannot be reached: connection refused")
  expect(message).not.toContain("hunter2")
})

/** A port that nobody listens on. */
function closedPort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

test("an alias that leads to no key is told with the Region and the account, for which STS is asked", async () => {
  const { settings, credentials } = settingFor(aws)
  await aws.clearRequests()
  const service = new AwsKeyService(settings, credentials)
  const { code, message, hint } = await failureOf(service.wrap("alias/no", fileKey, {}))
  expect(code).toBe("KEY_UNUSABLE")
  expect(message).toBe("the KMS key alias/no does not exist in eu-west-1 of account 111122223333")
  expect(hint).toMatch(/^another Region is asked with --region.*: aws kms describe-key --key-id alias\/no$/)
  expect(await asked(aws)).toEqual(["kms:Encrypt", "sts:GetCallerIdentity"])
})
