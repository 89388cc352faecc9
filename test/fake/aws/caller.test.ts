import { DescribeKeyCommand } from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { issueCredentials, readSessionToken, sessionArn } from "./credentials.ts"
import { type Response, send } from "./http.ts"
import { credentialsOf, kmsAs, type SdkFailure, sdkFailure } from "./sdk.ts"
import { amzDate, signatureOf } from "./signature.ts"
import { appKey, defaultWorld, roleArn, withKey, withRole } from "./world.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  await aws.setWorld(defaultWorld)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const describeKey = new DescribeKeyCommand({ KeyId: appKey })
const invalid = {
  name: "UnrecognizedClientException",
  message: "The security token included in the request is invalid.",
  status: 400,
}

type Headers = Record<string, string | undefined>

/** What comes of a request that was changed after it was signed. */
function tampered(change: (request: { headers: Headers; body: string }) => void): Promise<SdkFailure> {
  const kms = kmsAs(aws, "app")
  kms.middlewareStack.add(
    (next) => (args) => {
      change(args.request as { headers: Headers; body: string })
      return next(args)
    },
    { step: "deserialize", priority: "low" },
  )
  return sdkFailure(kms.send(describeKey))
}

describe("a request signed by AWS's own client", () => {
  test("is genuine", async () => {
    expect(await kmsAs(aws, "app").send(describeKey)).toMatchObject({ KeyMetadata: { Arn: appKey } })
  })

  test("with another body is not", async () => {
    const failure = await tampered((request) => {
      request.body = new TextDecoder().decode(request.body as unknown as Uint8Array).replace("KeyId", "keyId")
    })
    expect(failure).toMatchObject({
      ...{ name: "InvalidSignatureException", status: 400 },
      message: expect.stringContaining("The request signature we calculated does not match"),
    })
  })

  test("for another operation is not", async () => {
    const failure = await tampered(({ headers }) => {
      headers["x-amz-target"] = "TrentService.Encrypt"
    })
    expect(failure.name).toBe("InvalidSignatureException")
  })

  test("without Authorization misses its token", async () => {
    const failure = await tampered(({ headers }) => {
      delete headers["authorization"]
    })
    expect(failure).toEqual({
      ...{
        name: "MissingAuthenticationTokenException",
        message: "Missing Authentication Token",
        status: 400,
      },
    })
  })

  test("with half an Authorization is incomplete", async () => {
    const failure = await tampered(({ headers }) => {
      headers["authorization"] = "AWS4-HMAC-SHA256 Credential=x"
    })
    expect(failure).toMatchObject({ name: "IncompleteSignatureException", status: 400 })
  })

  test.each([
    ["no session token", undefined],
    ["a made-up session token", "FwoGZXIvYXdzEXAMPLE"],
  ])("with %s is of nobody", async (_, token) => {
    const failure = await tampered(({ headers }) => {
      if (token === undefined) delete headers["x-amz-security-token"]
      else headers["x-amz-security-token"] = token
    })
    expect(failure).toEqual(invalid)
  })

  test("with the session token of another role is of nobody", async () => {
    const { sessionToken } = credentialsOf(aws, "builder")
    const failure = await tampered(({ headers }) => {
      headers["x-amz-security-token"] = sessionToken
    })
    expect(failure).toEqual(invalid)
  })

  test("of a role that is gone is of nobody", async () => {
    const roles = defaultWorld.roles.filter((role) => role.name !== "app")
    await aws.setWorld({ roles })
    expect(await sdkFailure(kmsAs(aws, "app").send(describeKey))).toEqual(invalid)
  })

  test("with expired credentials is told so", async () => {
    expect(await sdkFailure(kmsAs(aws, "app", { expired: true }).send(describeKey))).toEqual({
      name: "ExpiredTokenException",
      message: "The security token included in the request is expired",
      status: 400,
    })
  })

  test("for another service is not genuine", async () => {
    const target = {
      "x-amz-target": "TrentService.DescribeKey",
      "content-type": "application/x-amz-json-1.1",
    }
    const { headers, body } = signed("secretsmanager", "{}", target)
    const answer = await send(aws.url, { method: "POST", headers, body })
    expect(JSON.parse(answer.body)).toEqual({
      __type: "InvalidSignatureException",
      Message: "Credential should be scoped to correct service: 'kms'.",
    })
  })
})

describe("the caller's identity", () => {
  const body = "Action=GetCallerIdentity&Version=2011-06-15"

  async function ask(change: Readonly<Record<string, string>> = {}): Promise<Response> {
    const { headers } = signed("sts", body, { "content-type": "application/x-www-form-urlencoded" })
    return send(aws.url, { method: "POST", headers: { ...headers, ...change }, body })
  }

  test("is told to who signs", async () => {
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(answer.body).toContain("<Arn>arn:aws:sts::111122223333:assumed-role/app/test</Arn>")
    expect(answer.body).toContain("<Account>111122223333</Account>")
    expect(await aws.requests()).toMatchObject([
      { service: "sts", operation: "GetCallerIdentity", region: "eu-west-1", principal: roleArn("app") },
    ])
  })

  test.each([
    ["another host", { host: "sts.example" }, "SignatureDoesNotMatch"],
    ["another session token", { "x-amz-security-token": "x" }, "InvalidClientTokenId"],
  ])("is not told with %s, in the codes of STS", async (_, change, code) => {
    const answer = await ask(change)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain(`<Code>${code}</Code>`)
  })
})

test("a session of Pod Identity has the tags of its pod", async () => {
  const condition = {
    StringEquals: {
      "aws:PrincipalTag/kubernetes-namespace": "default",
      "aws:PrincipalTag/kubernetes-service-account": "app",
      "aws:PrincipalTag/eks-cluster-name": "shop",
    },
  }
  const policy = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*", Condition: condition },
  } as const
  await aws.setWorld({ ...withKey(defaultWorld, appKey, { policy }), ...withRole(defaultWorld, "app", {}) })
  const by = async (via: "pod-identity" | "container") => {
    const target = {
      "x-amz-target": "TrentService.DescribeKey",
      "content-type": "application/x-amz-json-1.1",
    }
    const { headers, body } = signed("kms", JSON.stringify({ KeyId: appKey }), target, via)
    return (await send(aws.url, { method: "POST", headers, body })).status
  }
  expect(await by("pod-identity")).toBe(200)
  expect(await by("container")).toBe(400)
})

describe("credentials", () => {
  const session = { role: roleArn("app"), name: "pod", via: "static", expiresAt: 1 } as const

  test("of one session are always the same, and of another are others", () => {
    expect(issueCredentials({ ...session })).toEqual(issueCredentials(session))
    for (const change of [{ name: "x" }, { role: roleArn("x") }, { expiresAt: 2 }]) {
      const other = issueCredentials({ ...session, ...change })
      expect(other.accessKeyId).not.toBe(issueCredentials(session).accessKeyId)
      expect(other.secretAccessKey).not.toBe(issueCredentials(session).secretAccessKey)
    }
  })

  test("have the form of temporary ones", () => {
    expect(issueCredentials(session)).toMatchObject({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    })
  })

  test("carry their session in the token, which nobody can change", () => {
    const { sessionToken } = issueCredentials(session)
    expect(readSessionToken(sessionToken)).toEqual(session)
    const changed = Buffer.from(sessionToken, "base64")
    changed.set([48], changed.length - 2)
    expect(readSessionToken(changed.toString("base64"))).toBeNull()
    expect(readSessionToken(`${sessionToken} `)).toBeNull()
  })

  test("act by the name of the role and the session", () => {
    expect(sessionArn(session)).toBe("arn:aws:sts::111122223333:assumed-role/app/pod")
  })
})

/** A request signed here, without any SDK. */
function signed(
  service: string,
  body: string,
  more: Readonly<Record<string, string>>,
  via: "static" | "pod-identity" | "container" = "static",
) {
  const expiresAt = Date.now() + 60_000
  const credentials = issueCredentials({ role: roleArn("app"), name: "test", via, expiresAt })
  const time = amzDate(Date.now())
  const headers: Record<string, string> = {
    ...{ host: new URL(aws.url).host, "x-amz-date": time, "x-amz-security-token": credentials.sessionToken },
    ...more,
  }
  const scope = { date: time.slice(0, 8), region: "eu-west-1", service }
  const request = { method: "POST", path: "/", query: "", headers, body: Buffer.from(body) }
  const signedHeaders = Object.keys(headers).sort()
  const authorization = { accessKeyId: credentials.accessKeyId, ...scope, signedHeaders }
  const signature = signatureOf(request, authorization, credentials.secretAccessKey)
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${Object.values(scope).join("/")}/aws4_request, ` +
    `SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`
  return { headers, body }
}
