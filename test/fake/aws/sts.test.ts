import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fromTokenFile } from "@aws-sdk/credential-provider-web-identity"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { readSessionToken } from "./credentials.ts"
import { type Response, send } from "./http.ts"
import { credentialsOf, sdkFailure } from "./sdk.ts"
import { type Claims, signWebToken } from "./web-token.ts"
import { defaultWorld, roleArn, withRole } from "./world.ts"

const audience = "sts.amazonaws.com"
const { cluster } = defaultWorld

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
  const exp = Math.floor(Date.now() / 1000) + 3600
  return signWebToken({
    iss: cluster.issuer,
    aud: [audience],
    sub: "system:serviceaccount:default:app",
    exp,
    ...part,
  })
}

function call(parameters: Readonly<Record<string, string>>, path = "/"): Promise<Response> {
  const headers = { "content-type": "application/x-www-form-urlencoded" }
  const body = new URLSearchParams({ Version: "2011-06-15", ...parameters }).toString()
  return send(`${aws.url}${path}`, { method: "POST", headers, body })
}

function assume(part: Readonly<Record<string, string>> = {}): Promise<Response> {
  return call({
    ...{ Action: "AssumeRoleWithWebIdentity", RoleArn: roleArn("app"), RoleSessionName: "pod" },
    ...{ WebIdentityToken: token(), ...part },
  })
}

function element(name: string, { body }: Response): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
}

describe("a role", () => {
  test("is given for a token of its service account", async () => {
    const answer = await assume()
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "text/xml" } })
    expect(element("Arn", answer)).toBe("arn:aws:sts::111122223333:assumed-role/app/pod")
    expect(element("AccessKeyId", answer)).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(readSessionToken(element("SessionToken", answer) ?? "")).toMatchObject({
      ...{ role: roleArn("app"), name: "pod", via: "web-identity" },
      expiresAt: Date.parse(element("Expiration", answer) ?? ""),
    })
  })

  test("is given to a service account of another name when the role says so", async () => {
    await aws.setWorld(withRole(defaultWorld, "app", { serviceAccount: "shop/web" }))
    expect(
      await assume({ WebIdentityToken: token({ sub: "system:serviceaccount:shop:web" }) }),
    ).toMatchObject({
      status: 200,
    })
    expect((await assume()).status).toBe(403)
  })

  test.each([
    [
      "another service account",
      { WebIdentityToken: token({ sub: "system:serviceaccount:default:builder" }) },
    ],
    ["no service account", { WebIdentityToken: token({ sub: "app" }) }],
    ["a role that is not there", { RoleArn: roleArn("missing") }],
  ])("is not given for %s, in the same words", async (_, part) => {
    const answer = await assume(part)
    expect(answer.status).toBe(403)
    expect(element("Code", answer)).toBe("AccessDenied")
    expect(element("Message", answer)).toBe("Not authorized to perform sts:AssumeRoleWithWebIdentity")
  })

  test("is not given by this mechanism when it has another", async () => {
    await aws.setWorld(withRole(defaultWorld, "app", { mechanisms: ["pod-identity"] }))
    expect(element("Code", await assume())).toBe("AccessDenied")
  })
})

describe("a token", () => {
  test.each([
    [
      "that is none",
      "text",
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    ],
    ["for another audience", token({ aud: ["pods.eks.amazonaws.com"] }), "Incorrect token audience"],
    [
      "of another issuer",
      token({ iss: "https://evil.example" }),
      "No OpenIDConnect provider found in your account for https://evil.example",
    ],
    [
      "with another signature",
      `${token().split(".").slice(0, 2).join(".")}.AAAA`,
      "Couldn't retrieve verification key",
    ],
  ])("%s is invalid", async (_, WebIdentityToken, message) => {
    const answer = await assume({ WebIdentityToken })
    expect(answer.status).toBe(400)
    expect(element("Code", answer)).toBe("InvalidIdentityToken")
    expect(element("Message", answer)).toContain(message)
  })

  test("that has expired is told so", async () => {
    const answer = await assume({ WebIdentityToken: token({ exp: 1_000_000_000 }) })
    expect(answer.status).toBe(400)
    expect(element("Code", answer)).toBe("ExpiredTokenException")
    expect(element("Message", answer)).toMatch(
      /^Token expired: current date\/time \d+ must be before the expiration date\/time 1000000000$/,
    )
  })

  test("is invalid without a provider for its issuer", async () => {
    await aws.setWorld({ cluster: { ...cluster, oidcProvider: false } })
    expect(element("Message", await assume())).toContain("No OpenIDConnect provider found in your account")
  })

  test("cannot be checked while the issuer is out of reach", async () => {
    await aws.setWorld({ cluster: { ...cluster, reachable: false } })
    const answer = await assume()
    expect(answer.status).toBe(400)
    expect(element("Code", answer)).toBe("IDPCommunicationError")
  })
})

describe("a request", () => {
  test.each<[title: string, part: Record<string, string>, code: string, message: string]>([
    [
      "for another action",
      { Action: "GetFederationToken" },
      "InvalidAction",
      "Could not find operation GetFederationToken",
    ],
    ["of another version", { Version: "2010-01-01" }, "InvalidAction", "for version 2011-06-15"],
    ["with an unknown parameter", { Policy: "{}" }, "ValidationError", "Policy"],
    ["with a role that is no ARN", { RoleArn: "app" }, "ValidationError", "Request ARN is invalid"],
    [
      "with a session name of one letter",
      { RoleSessionName: "p" },
      "ValidationError",
      "RoleSessionName is invalid",
    ],
    [
      "with a duration that is too short",
      { DurationSeconds: "60" },
      "ValidationError",
      "DurationSeconds is invalid",
    ],
  ])("%s is refused", async (_, part, code, message) => {
    const answer = await assume(part)
    expect(answer.status).toBe(400)
    expect(element("Code", answer)).toBe(code)
    expect(element("Message", answer)).toContain(message)
  })

  test("without a parameter is refused", async () => {
    const answer = await call({ Action: "AssumeRoleWithWebIdentity" })
    expect(element("Message", answer)).toContain("Value null at 'roleArn' failed to satisfy constraint")
  })

  test("with a parameter twice is refused", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" }
    const body = "Action=GetCallerIdentity&Version=2011-06-15&Version=2011-06-15"
    expect(element("Code", await send(aws.url, { method: "POST", headers, body }))).toBe("ValidationError")
  })

  test("to another path is refused", async () => {
    expect(element("Code", await call({ Action: "GetCallerIdentity" }, "/sts"))).toBe("InvalidAction")
  })

  test("with markup in it comes back escaped", async () => {
    const answer = await call({ Action: "<&>" })
    expect(answer.body).toContain("Could not find operation &lt;&amp;&gt; for version")
  })

  test("for the caller's identity has to be signed", async () => {
    const answer = await call({ Action: "GetCallerIdentity" })
    expect(answer.status).toBe(403)
    expect(element("Code", answer)).toBe("MissingAuthenticationToken")
  })
})

describe("AWS's own client", () => {
  const folder = mkdtempSync(join(tmpdir(), "envseal-sts-"))
  const tokenFile = join(folder, "token")
  writeFileSync(tokenFile, token())
  afterAll(() => rmSync(folder, { recursive: true }))

  const provider = () =>
    fromTokenFile({
      ...{ webIdentityTokenFile: tokenFile, roleArn: roleArn("app"), roleSessionName: "pod" },
      clientConfig: { endpoint: aws.url, region: "eu-west-1", maxAttempts: 1 },
    })

  test("reads the code and the message of a refusal", async () => {
    await aws.setWorld(withRole(defaultWorld, "app", { mechanisms: [] }))
    await expect(provider()()).rejects.toMatchObject({
      ...{ name: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity" },
      $metadata: { httpStatusCode: 403 },
    })
  })

  test("reads the credentials", async () => {
    expect(await provider()()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) })
  })
})

test("the log has the role that was given, and no Region for a request without a signature", async () => {
  await assume()
  await assume({ RoleArn: roleArn("missing") })
  const line = { service: "sts", operation: "AssumeRoleWithWebIdentity", region: null }
  expect(await aws.requests()).toEqual([
    { ...line, principal: roleArn("app"), outcome: "ok", status: 200 },
    { ...line, principal: null, outcome: "AccessDenied", status: 403 },
  ])
})

describe("a role that a role assumes", () => {
  const allowed = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: roleArn("nobody") },
  } as const

  async function assumeAs(role: string) {
    const { STSClient, AssumeRoleCommand } = await import("@aws-sdk/client-sts")
    const credentials = credentialsOf(aws, role)
    const client = new STSClient({ endpoint: aws.url, region: "eu-west-1", credentials, maxAttempts: 1 })
    return client.send(new AssumeRoleCommand({ RoleArn: roleArn("nobody"), RoleSessionName: "ci" }))
  }

  test("is given when the policy of the one and the trust of the other allow it", async () => {
    const trusting = withRole(defaultWorld, "nobody", { trusts: [roleArn("app")] })
    await aws.setWorld(withRole({ ...defaultWorld, ...trusting }, "app", { policies: [allowed] }))
    const { Credentials, AssumedRoleUser } = await assumeAs("app")
    expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::111122223333:assumed-role/nobody/ci")
    expect(readSessionToken(Credentials?.SessionToken ?? "")).toMatchObject({ role: roleArn("nobody") })
  })

  test.each([
    ["the policy of the one does not", { trusts: [roleArn("app")] }, { policies: [] }],
    ["the trust of the other does not", {}, { policies: [allowed] }],
  ])("is denied when %s allow it", async (_, theirs, ours) => {
    const changed = withRole(defaultWorld, "nobody", theirs)
    await aws.setWorld(withRole({ ...defaultWorld, ...changed }, "app", ours))
    expect(await sdkFailure(assumeAs("app"))).toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:sts::111122223333:assumed-role/app/static is not authorized to perform: sts:AssumeRole on resource: ${roleArn("nobody")}`,
    })
  })
})
