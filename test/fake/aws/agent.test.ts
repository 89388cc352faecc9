import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { containerPathOf } from "./container.ts"
import { readSessionToken } from "./credentials.ts"
import { type Response, send } from "./http.ts"
import { podIdentityAudience } from "./pod-identity.ts"
import { type Claims, signWebToken } from "./web-token.ts"
import { defaultWorld, roleArn, withRole } from "./world.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  await aws.setWorld(defaultWorld)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

function token(part: Partial<Claims> = {}): string {
  return signWebToken({
    ...{
      iss: defaultWorld.cluster.issuer,
      aud: [podIdentityAudience],
      exp: Math.floor(Date.now() / 1000) + 3600,
    },
    sub: "system:serviceaccount:default:app",
    ...part,
  })
}

function ask(authorization: string | null = token(), path = "/v1/credentials"): Promise<Response> {
  return send(`${aws.url}${path}`, authorization === null ? {} : { headers: { authorization } })
}

describe("the Pod Identity agent", () => {
  test("gives the credentials of the role that is associated with the service account", async () => {
    const answer = await ask()
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } })
    const credentials = JSON.parse(answer.body)
    expect(Object.keys(credentials)).toEqual([
      ...["AccessKeyId", "SecretAccessKey", "Token", "AccountId", "Expiration"],
    ])
    expect(credentials).toMatchObject({
      AccountId: "111122223333",
      AccessKeyId: expect.stringMatching(/^ASIA/),
    })
    expect(credentials.Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(readSessionToken(credentials.Token)).toMatchObject({
      ...{ role: roleArn("app"), via: "pod-identity", name: expect.stringMatching(/^eks-shop-app-pod-/) },
    })
  })

  test.each([
    ["without a token", null, "Service account token cannot be empty\n"],
    [
      "for what is no token",
      "text",
      "Service account token cannot be parsed: token is malformed: token contains an invalid number of segments\n",
    ],
    [
      "for an expired token",
      token({ exp: 1 }),
      "Service account token failed basic claim validations: token is expired\n",
    ],
  ])("answers 400 with plain text %s", async (_, authorization, body) => {
    expect(await ask(authorization)).toMatchObject({
      status: 400,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body,
    })
  })

  test.each([
    ["another audience", { aud: ["sts.amazonaws.com"] }, 400, "InvalidTokenException"],
    ["another issuer", { iss: "https://evil.example" }, 400, "InvalidTokenException"],
    [
      "a service account without an association",
      { sub: "system:serviceaccount:x:y" },
      404,
      "ResourceNotFoundException",
    ],
  ])("hands on what EKS says to a token of %s", async (_, part, status, code) => {
    const answer = await ask(token(part))
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(new RegExp(`^\\[[0-9a-f-]{36}\\]: \\(${code}\\): .+, fault: client\\n$`))
  })

  test("hands on that EKS may not assume the role", async () => {
    await aws.setWorld(withRole(defaultWorld, "app", { mechanisms: ["static"] }))
    const answer = await ask()
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(
      "(AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    )
  })
})

describe("a container's endpoint", () => {
  const path = containerPathOf(roleArn("builder"))

  test("gives the credentials of its role", async () => {
    const answer = await ask(null, path)
    expect(answer.status).toBe(200)
    const credentials = JSON.parse(answer.body)
    expect(credentials).toMatchObject({
      RoleArn: roleArn("builder"),
      AccessKeyId: expect.stringMatching(/^ASIA/),
    })
    expect(readSessionToken(credentials.Token)).toMatchObject({ role: roleArn("builder"), via: "container" })
  })

  test.each([
    ["an id that is none", "/v2/credentials/00000000-0000-0000-0000-000000000000"],
    ["a role that is not there", containerPathOf(roleArn("missing"))],
  ])("answers 400 for %s", async (_, other) => {
    expect(await ask(null, other)).toMatchObject({
      status: 400,
      body: '{"code":"InvalidIdInRequest","message":"CredentialsV2Request: ID not found","HTTPErrorCode":400}',
    })
  })

  test("answers 400 for a role that has another mechanism", async () => {
    await aws.setWorld(withRole(defaultWorld, "builder", { mechanisms: ["static"] }))
    expect((await ask(null, path)).status).toBe(400)
  })
})

test("the log has the role that was given, or the code of the refusal", async () => {
  await ask()
  await ask(null)
  await ask(null, containerPathOf(roleArn("builder")))
  const line = { service: "agent", operation: "GetCredentials", region: null }
  expect(await aws.requests()).toEqual([
    { ...line, principal: roleArn("app"), outcome: "ok", status: 200 },
    { ...line, principal: null, outcome: "InvalidRequest", status: 400 },
    {
      ...line,
      operation: "GetContainerCredentials",
      principal: roleArn("builder"),
      outcome: "ok",
      status: 200,
    },
  ])
})
