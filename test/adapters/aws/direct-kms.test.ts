import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DecryptCommand, KMSClient } from "@aws-sdk/client-kms"
import { fromWebToken } from "@aws-sdk/credential-provider-web-identity"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { answerMayPass, answerOf, describeAnswer } from "../../../src/adapters/aws/answer.ts"
import { Credentials } from "../../../src/adapters/aws/credentials.ts"
import { directDecrypt } from "../../../src/adapters/aws/direct-kms.ts"
import { directWebIdentity } from "../../../src/adapters/aws/direct-sts.ts"
import { AwsKeyService } from "../../../src/adapters/aws/key-service.ts"
import type { AwsSettings } from "../../../src/adapters/aws/settings.ts"
import { failureOf } from "../../fake/failure.ts"

// The SDK's clients are the judges: what they make of an answer, what is sent without them has to be too.

interface Given {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

let server: Server
let url = ""
let given: Given = { status: 200, body: "{}" }
const asked: { readonly headers: IncomingMessage["headers"]; readonly body: string }[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => {
      body += chunk
    })
    request.on("end", () => {
      asked.push({ headers: request.headers, body })
      response.writeHead(given.status, { connection: "close", ...given.headers })
      response.end(given.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
})
afterAll(() => server.close())
beforeEach(() => {
  asked.length = 0
})

const region = "eu-west-1"
const key = `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const ciphertext = Buffer.from("fbefbe0011223344556677fffe9900aa", "hex")
const context = { app: "shop", "a b": "ü €" }
const identity = { accessKeyId: "ASIAX", secretAccessKey: "secret", sessionToken: "token/+=" }

function settings(): AwsSettings {
  return {
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_CONFIG_FILE: "/nonexistent/config",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    },
    profile: null,
    region: null,
    allowInstanceRole: false,
    log: { warn: () => undefined, debug: () => undefined },
    activity: { begin: () => undefined, failed: () => undefined },
    remainingMs: () => 10_000,
  }
}

function direct() {
  const send = directDecrypt({ keyArn: key, ciphertext }, context, { settings: settings(), identity, region })
  if (send === null) throw new Error("it is not sent directly")
  return send
}

function bySdk() {
  const client = new KMSClient({ endpoint: url, region, credentials: identity, maxAttempts: 1 })
  const input = { CiphertextBlob: ciphertext, EncryptionContext: { ...context }, KeyId: key }
  return client.send(new DecryptCommand(input)).finally(() => client.destroy())
}

/** What the rest of the program can tell of a failure. */
async function seen(work: Promise<unknown>) {
  const answer = answerOf(
    await work.then(
      () => new Error("it succeeded"),
      (thrown: unknown) => thrown,
    ),
  )
  return { words: describeAnswer(answer), passes: answerMayPass(answer) }
}

async function message(work: Promise<unknown>): Promise<string> {
  return answerOf(await work.catch((thrown: unknown) => thrown)).message
}

const json = (value: object) => JSON.stringify(value)

describe("Decrypt without the SDK", () => {
  test("asks what the SDK asks", async () => {
    given = { status: 200, body: json({ KeyId: key, Plaintext: "AAEC" }) }
    const answers = [await direct()(), await bySdk()]
    const [own, theirs] = asked
    expect(JSON.parse(own?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""))
    for (const name of ["content-type", "x-amz-target", "x-amz-security-token", "host"])
      expect(own?.headers[name], name).toBe(theirs?.headers[name])
    for (const { KeyId, Plaintext } of answers) {
      expect(KeyId).toBe(key)
      expect(Buffer.from(Plaintext ?? [])).toEqual(Buffer.from([0, 1, 2]))
    }
  })

  test.each<Given>([
    { status: 400, body: json({ __type: "DisabledException", message: "arn is disabled" }) },
    { status: 400, body: json({ __type: "com.amazonaws.kms#NotFoundException", Message: "gone" }) },
    { status: 400, body: json({ __type: "AccessDeniedException:http://internal/", Message: "User: x" }) },
    { status: 400, body: json({ __type: "ThrottlingException", message: "slow down" }) },
    {
      status: 400,
      headers: { "x-amzn-errortype": "KMSInvalidStateException:x" },
      body: json({ message: "m" }),
    },
    { status: 400, headers: { "x-amzn-errortype": "A,B" }, body: json({ __type: "C" }) },
    { status: 400, body: json({ code: "ExpiredTokenException", message: "m" }) },
    { status: 400, body: json({ code: "D", __type: "E" }) },
    { status: 400, body: json({ __type: "SomethingNew", message: "m" }) },
    { status: 500, body: json({ __type: "KMSInternalException" }) },
    { status: 503, body: "<html>busy</html>" },
    { status: 429, body: json({}) },
    { status: 404, body: "<html>not here</html>" },
    { status: 200, body: "<html>welcome</html>" },
    { status: 200, body: "" },
  ])("takes %j as the SDK does", async (answer) => {
    given = answer
    expect(await seen(direct()())).toEqual(await seen(bySdk()))
    if (answer.body.includes("essage")) expect(await message(direct()())).toBe(await message(bySdk()))
  })

  test("signs with the time of AWS once an answer shows that the clock is off, and says that this passes", async () => {
    const ahead = new Date(Date.now() + 3_600_000)
    given = {
      status: 400,
      headers: { date: ahead.toUTCString() },
      body: json({ __type: "InvalidSignatureException", message: "Signature not yet current" }),
    }
    const send = direct()
    expect(await seen(send())).toMatchObject({ passes: true })
    expect(await seen(send())).toMatchObject({ passes: false })
    const times = asked.map(({ headers }) => String(headers["x-amz-date"]).slice(0, 11))
    const stamp = (date: Date) => date.toISOString().replace(/[-:]/g, "").slice(0, 11)
    expect(times[1]).toBe(stamp(ahead))
    expect(times[0]).not.toBe(times[1])
  })

  test.each([
    ["of another key", { KeyId: `${key}0`, Plaintext: "AAEC" }, "KEY_MISMATCH"],
    ["of no key", { Plaintext: "AAEC" }, "REMOTE_FAILED"],
    ["without a file key", { KeyId: key }, "REMOTE_FAILED"],
  ])("takes no answer %s", async (_, answer, code) => {
    given = { status: 200, body: json(answer) }
    const environment = {
      ...settings().environment,
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    }
    const own = { ...settings(), environment }
    const keys = new AwsKeyService(own, new Credentials(own))
    const failure = await failureOf(() => keys.unwrap({ keyArn: key, ciphertext }, context))
    expect(failure.code).toBe(code)
    expect(failure.hint).toContain("AWS_ENDPOINT_URL")
    expect(asked).toHaveLength(1)
  })

  test.each([{ sessionToken: "a\nb" }, { accessKeyId: "A B" }])(
    "leaves credentials to the SDK with %j",
    (part) => {
      const by = { settings: settings(), identity: { ...identity, ...part }, region }
      expect(directDecrypt({ keyArn: key, ciphertext }, context, by)).toBeNull()
    },
  )
})

describe("AssumeRoleWithWebIdentity without the SDK", () => {
  const asking = { token: "ey.to/ken+&=", role: "arn:aws:iam::111122223333:role/pod", sessionName: "envseal" }

  function bySdk() {
    return fromWebToken({
      webIdentityToken: asking.token,
      roleArn: asking.role,
      roleSessionName: asking.sessionName,
      clientConfig: { endpoint: url, region, maxAttempts: 1 },
    })()
  }

  const granted = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Audience>sts.amazonaws.com</Audience>
    <AssumedRoleUser><AssumedRoleId>AROAX:envseal</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/pod/envseal</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>a/b+c</SecretAccessKey>
      <SessionToken>x&amp;y&quot;==</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`

  test("asks what the SDK asks, and reads what it reads", async () => {
    given = { status: 200, headers: { "content-type": "text/xml" }, body: granted }
    const [own, theirs] = [await directWebIdentity(asking, settings()), await bySdk()]
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = theirs
    expect(own).toEqual({ accessKeyId, secretAccessKey, sessionToken, expiration })
    const forms = asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    expect(forms[0]).toEqual(forms[1])
    expect(asked[0]?.headers["content-type"]).toBe(asked[1]?.headers["content-type"])
    expect(asked[0]?.headers["authorization"]).toBeUndefined()
  })

  const error = (code: string, text: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>1</RequestId></ErrorResponse>`

  test.each<[number, string, string]>([
    [403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"],
    [400, "InvalidIdentityToken", "No OpenIDConnect provider &amp; no &lt;aud&gt;"],
    [400, "IDPCommunicationError", "try later"],
    [400, "Throttling", "Rate exceeded"],
    [503, "ServiceUnavailable", "busy"],
  ])("takes %i %s as the SDK does", async (status, code, text) => {
    given = { status, headers: { "content-type": "text/xml" }, body: error(code, text) }
    const own = seen(directWebIdentity(asking, settings()))
    const theirs = await seen(bySdk())
    expect((await own).passes).toBe(theirs.passes)
    // For some codes the SDK's name ends in Exception, which nothing here tells apart.
    expect((await own).words.replace(/Exception\b/, "")).toBe(theirs.words.replace(/Exception\b/, ""))
    expect(await message(directWebIdentity(asking, settings()))).toBe(await message(bySdk()))
  })

  test.each<Given>([
    { status: 200, body: "<html>welcome</html>" },
    { status: 200, body: "" },
    { status: 200, body: granted.replace(/<SessionToken>.*?<\/SessionToken>/, "") },
    { status: 503, body: "<html>busy</html>" },
  ])("tells %j as no answer of STS, and quotes nothing of it", async (answer) => {
    given = answer
    const thrown = answerOf(await directWebIdentity(asking, settings()).catch((reason: unknown) => reason))
    expect(thrown).toMatchObject({ name: "SyntaxError", message: "no answer of STS" })
    expect(answerMayPass(thrown)).toBe(answer.status === 503)
  })
})

describe("a refusal that echoes the token of a pod", () => {
  const token = "pod/t0ken+42"
  let folder = ""
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "envseal-token-"))
    writeFileSync(join(folder, "token"), `${token}\n`)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    [
      "STS",
      `<Error><Code>AccessDenied</Code><Message>not for ${token}</Message></Error>`,
      () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"), AWS_ROLE_ARN: key }),
    ],
    [
      "the agent",
      json({ Code: "AccessDenied", Message: `not for ${token}` }),
      () => ({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, "token"),
      }),
    ],
  ])("by %s is told without it", async (_, body, variables) => {
    given = { status: 403, body }
    const own = { ...settings(), environment: { ...settings().environment, ...variables() } }
    const { code, message: told, hint } = await failureOf(() => new Credentials(own).load())
    expect(code).toBe("ACCESS_DENIED")
    expect(told).toContain("not for ***")
    expect(`${told} ${hint}`).not.toContain(token)
  })
})
