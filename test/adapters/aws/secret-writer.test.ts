import { createServer } from "node:http"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { AwsSecretWriter } from "../../../src/adapters/aws/secret-writer.ts"
import { Secret } from "../../../src/core/secret.ts"
import { makePolicy } from "../../../src/setup/core/policy.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, secretArn, settingFor, startAws } from "./setting.ts"

const policy = makePolicy("editor", {
  ...{ context: {}, kmsKeys: [], secrets: [secretArn], secretKeys: [], project: null, repository: null },
  ...{ cluster: null, buildRole: null, podRole: null },
})

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({ roles: [{ name: "editor", policies: [policy], mechanisms: ["static"] }] })
})
afterAll(() => aws.stop())

test("all versions of a secret are listed, also those behind the first page, such as the current one", async () => {
  const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`
  const versions = Array.from({ length: 230 }, (_, at) => ({
    id: idOf(at),
    stages: at === 0 ? ["AWSCURRENT"] : [],
    string: "{}",
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString(),
  }))
  const { roles } = await aws.world()
  await aws.setWorld(withSecret({ ...defaultWorld, roles }, "shop/production", { versions }))
  await aws.clearRequests()
  const { settings, credentials } = settingFor(aws, "editor")
  const found = await new AwsSecretWriter(settings, credentials).versions(secretArn)
  expect(found).toHaveLength(230)
  expect(found.at(-1)).toMatchObject({ versionId: idOf(0), labels: ["AWSCURRENT"] })
  expect(await asked(aws)).toEqual(Array.from({ length: 3 }, () => "secretsmanager:ListSecretVersionIds"))
})

const current = "00000000-0000-4000-8000-000000000001"
const draft = "00000000-0000-4000-8000-000000000002"

async function writerOfTwo(): Promise<AwsSecretWriter> {
  const versions = [
    { id: current, stages: ["AWSCURRENT"], string: "{}" },
    { id: draft, stages: ["draft"], string: "{}" },
  ]
  const { roles } = await aws.world()
  await aws.setWorld(withSecret({ ...defaultWorld, roles }, "shop/production", { versions }))
  const { settings, credentials } = settingFor(aws, "editor")
  return new AwsSecretWriter(settings, credentials)
}

test("a label that is not where it is to be taken from is not moved, and that is no failure", async () => {
  const writer = await writerOfTwo()
  expect(await writer.move(secretArn, { label: "AWSCURRENT", from: draft, to: current })).toBe(false)
  expect(await writer.move(secretArn, { label: "AWSCURRENT", from: null, to: draft })).toBe(false)
  expect(await writer.move(secretArn, { label: "draft", from: current, to: null })).toBe(false)
  expect(await writer.move(secretArn, { label: "AWSCURRENT", from: current, to: draft })).toBe(true)
})

test("a move that is refused though the label is where it was expected is a failure in the words of AWS", async () => {
  const writer = await writerOfTwo()
  const move = { label: "AWSCURRENT", from: current, to: null }
  const failure = await failureOf(() => writer.move(secretArn, move))
  expect(failure.message).toContain("can't remove AWSCURRENT without moving it to a version")
  // What to write for a source is no help here.
  expect(`${failure.message} ${failure.hint}`).not.toMatch(/aws-sm:|asked for/)
})

/** Has Secrets Manager played by something that gives one answer to whatever it is asked. */
async function answering<T>(
  status: number,
  answer: object,
  ask: (writer: AwsSecretWriter) => Promise<T>,
): Promise<{ readonly result: T; readonly requests: number }> {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    request.resume()
    response.statusCode = status
    response.setHeader("content-type", "application/x-amz-json-1.1")
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" ? address?.port : null
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", `http://127.0.0.1:${port}`)
  try {
    const { settings, credentials } = settingFor(aws, "editor")
    return { result: await ask(new AwsSecretWriter(settings, credentials)), requests }
  } finally {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  }
}

test("a list of versions ends with an empty token too, which other services than AWS's give", async () => {
  const page = { Versions: [{ VersionId: current, VersionStages: ["AWSCURRENT"] }], NextToken: "" }
  const { result, requests } = await answering(200, page, (writer) => writer.versions(secretArn))
  expect(result).toEqual([{ versionId: current, labels: ["AWSCURRENT"], createdAt: null }])
  expect(requests).toBe(1)
})

test("a list of versions that never ends is no list, because the current one may be missing", async () => {
  const page = { Versions: [], NextToken: "again" }
  const { result } = await answering(200, page, (writer) => failureOf(() => writer.versions(secretArn)))
  expect(result.code).toBe("REMOTE_FAILED")
})

test("an answer that repeats a value, a part of the text or all of it is told without any", async () => {
  const text =
    '{"A":"hunter2-long-enough","B":"quo\\"ted-hunter2","C":{"D":["deep-hunter2"]},"N":123456789012}'
  const message = `Value hunter2-long-enough, then quo"ted-hunter2, "quo\\"ted-hunter2", deep-hunter2, 123456789012 or ${text} is bad`
  const version = { versionId: crypto.randomUUID(), label: "envseal-test", text: new Secret(text) }
  const answer = { __type: "InvalidParameterException", message }
  const { result } = await answering(400, answer, (writer) => failureOf(() => writer.put(secretArn, version)))
  expect(result.message).toContain("is bad")
  expect(result.message).not.toContain("hunter2")
  expect(result.message).not.toContain("123456789012")
})
