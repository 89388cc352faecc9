import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { type Message, send } from "./http.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(() => aws.clearRequests())
afterAll(() => aws.stop())

const json = "application/x-amz-json-1.1"

function post(target: string, type = json): Message {
  return { method: "POST", headers: { "x-amz-target": target, "content-type": type }, body: "{}" }
}

test.each<[title: string, path: string, message: Message, service: string, operation: string]>([
  ["an operation of KMS", "/", post("TrentService.Sign"), "kms", "Sign"],
  ["a property of every object", "/", post("TrentService.constructor"), "kms", "constructor"],
  [
    "an operation of Secrets Manager",
    "/",
    post("secretsmanager.ListSecrets"),
    "secretsmanager",
    "ListSecrets",
  ],
  ["a service", "/", post("DynamoDB_20120810.GetItem"), "unknown", "DynamoDB_20120810.GetItem"],
  ["a target", "/", post("a.b.c"), "unknown", "a.b.c"],
  ["a path", "/v3/credentials", {}, "unknown", "GET /v3/credentials"],
  ["the root", "/", {}, "unknown", "GET /"],
  ["a method of the agent", "/v1/credentials", { method: "DELETE" }, "unknown", "DELETE /v1/credentials"],
  ["a path below a service", "/x", post("TrentService.Decrypt"), "kms", "Decrypt"],
  ["a query below a service", "/?x=1", post("TrentService.Decrypt"), "kms", "Decrypt"],
  ["a content type", "/", post("TrentService.Decrypt", "application/json"), "kms", "Decrypt"],
  ["a method of a service", "/", { ...post("TrentService.Decrypt"), method: "PUT" }, "kms", "Decrypt"],
])(
  "%s that the fake does not have is refused, and is in the log",
  async (_, path, message, service, operation) => {
    expect(await send(`${aws.url}${path}`, message)).toMatchObject({
      status: 400,
      headers: { "content-type": json },
      body: '{"__type":"UnknownOperationException"}',
    })
    expect(await aws.requests()).toEqual([
      {
        service,
        operation,
        region: null,
        principal: null,
        outcome: "UnknownOperationException",
        status: 400,
      },
    ])
  },
)

test("a known operation without a signature is refused before it is read", async () => {
  const answer = await send(aws.url, { ...post("TrentService.Decrypt"), body: "garbage" })
  expect(JSON.parse(answer.body).__type).toBe("MissingAuthenticationTokenException")
})

test("every answer has the date and an id", async () => {
  const { headers } = await send(aws.url, post("TrentService.Decrypt"))
  expect(Math.abs(Date.parse(String(headers["date"])) - Date.now())).toBeLessThan(60_000)
  expect(headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/)
})
