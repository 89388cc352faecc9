import { connect } from "node:net"
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms"
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { containerPathOf } from "./container.ts"
import { Failures } from "./failures.ts"
import { type Message, send } from "./http.ts"
import { credentialsOf, kmsAs, sdkFailure, secretsManagerAs } from "./sdk.ts"
import { appKey, roleArn } from "./world.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  await aws.clearFailures()
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const describeKey = () => kmsAs(aws, "app").send(new DescribeKeyCommand({ KeyId: appKey }))
const getSecret = () =>
  secretsManagerAs(aws, "builder").send(new GetSecretValueCommand({ SecretId: "shop/production" }))
const outcomes = async () => (await aws.requests()).map(({ outcome, status }) => `${outcome} ${status}`)

const sts: Message = {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=hunter2",
}

describe("the rules", () => {
  const served = (failures: Failures, count: number) =>
    Array.from({ length: count }, () => failures.next("kms", "Decrypt"))

  test("fail nothing when there are none", () => {
    expect(served(new Failures(), 2)).toEqual([null, null])
  })

  test("fail every request, a number of them, or those after a number", () => {
    const failures = new Failures()
    failures.add({ with: "throttle", after: 1, times: 2 })
    expect(served(failures, 5)).toEqual([null, "throttle", "throttle", null, null])
    failures.add({ with: "hang" })
    expect(served(failures, 2)).toEqual(["hang", "hang"])
    failures.clear()
    expect(served(failures, 1)).toEqual([null])
  })

  test("are for one service or one operation, and count only what they are for", () => {
    const failures = new Failures()
    failures.add({ service: "sts", with: "reset" })
    failures.add({ operation: "Encrypt", with: "drip" })
    failures.add({ service: "kms", operation: "Decrypt", times: 1, with: "echo" })
    expect(failures.next("kms", "DescribeKey")).toBeNull()
    expect(failures.next("sts", "Decrypt")).toBe("reset")
    expect(failures.next("kms", "Encrypt")).toBe("drip")
    expect(served(failures, 2)).toEqual(["echo", null])
  })

  test("come one after the other", () => {
    const failures = new Failures()
    failures.add({ times: 1, with: "throttle" })
    failures.add({ times: 1, with: "unavailable" })
    expect(served(failures, 3)).toEqual(["throttle", "unavailable", null])
  })

  test.each([
    { with: "explode" },
    { with: { skew: 1 } },
    { with: { status: 500 } },
    { with: "hang", only: "kms" },
  ])("are refused when they are none: %j", async (rule) => {
    await expect(aws.fail(rule as Parameters<FakeAws["fail"]>[0])).rejects.toThrow("unknown")
  })
})

describe("throttle", () => {
  test("is KMS's own text", async () => {
    await aws.fail({ service: "kms", with: "throttle" })
    expect(await sdkFailure(describeKey())).toEqual({
      name: "ThrottlingException",
      message: "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
      status: 400,
    })
    expect(await outcomes()).toEqual(["ThrottlingException 400"])
  })

  test("is tried again by the SDK, which then succeeds", async () => {
    await aws.fail({ service: "kms", times: 1, with: "throttle" })
    const kms = new KMSClient({
      endpoint: aws.url,
      region: "eu-west-1",
      credentials: credentialsOf(aws, "app"),
    })
    await kms.send(new DescribeKeyCommand({ KeyId: appKey }))
    expect(await outcomes()).toEqual(["ThrottlingException 400", "ok 200"])
  })

  test("has the form of each service", async () => {
    await aws.fail({ with: "throttle" })
    expect(await sdkFailure(getSecret())).toMatchObject({
      name: "ThrottlingException",
      message: "Rate exceeded",
    })
    const query = await send(aws.url, sts)
    expect(query).toMatchObject({ status: 400, body: expect.stringContaining("<Code>Throttling</Code>") })
    expect(await send(`${aws.url}/v1/credentials`)).toMatchObject({
      status: 429,
      body: "Too Many Requests\n",
    })
    expect((await send(`${aws.url}/latest/api/token`, { method: "PUT" })).status).toBe(503)
  })
})

test("unavailable has the form of each service", async () => {
  await aws.fail({ with: "unavailable" })
  expect(await sdkFailure(describeKey())).toMatchObject({ name: "KMSInternalException", status: 500 })
  expect(await sdkFailure(getSecret())).toMatchObject({ name: "InternalServiceError", status: 500 })
  const query = await send(aws.url, sts)
  expect(query).toMatchObject({ status: 503, body: expect.stringContaining("<Type>Receiver</Type>") })
  const agent = await send(`${aws.url}/v1/credentials`)
  expect(agent).toMatchObject({
    status: 500,
    body: expect.stringMatching(/\(InternalServerException\).*server\n$/),
  })
  const container = await send(`${aws.url}${containerPathOf(roleArn("app"))}`)
  expect(container).toMatchObject({ status: 500 })
  expect((await send(`${aws.url}/latest/api/token`, { method: "PUT" })).status).toBe(503)
})

test.each([
  ["CodeBuild_20161006.StartBuild", "InternalFailure", 500],
  ["Logs_20140328.GetLogEvents", "ServiceUnavailableException", 503],
  ["AmazonEC2ContainerRegistry_V20150921.DescribeImages", "ServerException", 500],
])("unavailable has the form of %s", async (target, code, status) => {
  await aws.fail({ with: "unavailable" })
  const answer = await send(aws.url, { method: "POST", headers: { "x-amz-target": target } })
  expect([JSON.parse(answer.body).__type, answer.status]).toEqual([code, status])
})

test("what is lost is done, and has no answer", async () => {
  await aws.fail({ with: "lost", times: 1 })
  await expect(describeKey()).rejects.toThrow()
  await describeKey()
  expect(await outcomes()).toEqual(["lost 0", "ok 200"])
  expect((await aws.requests())[0]?.principal).toBe(roleArn("app"))
})

test("an error of one's own has its status, code and message in the form of the service", async () => {
  await aws.fail({ with: { status: 418, code: "Teapot", message: "short & stout" } })
  expect(await sdkFailure(describeKey())).toEqual({ name: "Teapot", message: "short & stout", status: 418 })
  expect((await send(aws.url, sts)).body).toContain(
    "<Code>Teapot</Code>\n    <Message>short &amp; stout</Message>",
  )
  expect((await send(`${aws.url}/v1/credentials`)).body).toBe("short & stout\n")
})

test("echo repeats Authorization, token and body", async () => {
  await aws.fail({ with: "echo" })
  const { name, message, status } = await sdkFailure(describeKey())
  expect({ name, status }).toEqual({ name: "AccessDeniedException", status: 400 })
  expect(message).toContain("AWS4-HMAC-SHA256 Credential=")
  expect(message).toContain(credentialsOf(aws, "app").sessionToken)
  expect(message).toContain(`{"KeyId":"${appKey}"}`)
  const query = await send(aws.url, sts)
  expect(query).toMatchObject({ status: 403, body: expect.stringContaining("WebIdentityToken=hunter2") })
  const agent = await send(`${aws.url}/v1/credentials`, { headers: { authorization: "hunter2" } })
  expect(agent).toMatchObject({ status: 403, body: expect.stringContaining("hunter2") })
})

test("garbage is a success that nobody can read", async () => {
  await aws.fail({ with: "garbage" })
  const failure = await sdkFailure(describeKey())
  expect(failure.name).toBe("SyntaxError")
  expect(await outcomes()).toEqual(["garbage 200"])
})

test("reset cuts the connection", async () => {
  await aws.fail({ with: "reset" })
  await expect(send(aws.url, sts)).rejects.toMatchObject({ code: "ECONNRESET" })
  expect(await outcomes()).toEqual(["reset 0"])
})

describe("skew", () => {
  test.each([
    [10, "Signature expired"],
    [-10, "Signature not yet current"],
  ])("of %d minutes refuses the request and tells the server's time", async (skewMinutes, message) => {
    await aws.fail({ times: 1, with: { skewMinutes } })
    const failure = await sdkFailure(describeKey())
    expect(failure).toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringContaining(message),
    })
    await aws.fail({ times: 1, with: { skewMinutes } })
    const { headers } = await send(aws.url, sts)
    const offMinutes = (Date.parse(String(headers["date"])) - Date.now()) / 60_000
    expect(Math.abs(offMinutes - skewMinutes)).toBeLessThan(1)
  })

  test("of four minutes is let through", async () => {
    await aws.fail({ with: { skewMinutes: 4 } })
    expect(await describeKey()).toMatchObject({ KeyMetadata: { Arn: appKey } })
  })

  test("is made good for by the SDK at its second attempt", async () => {
    await aws.fail({ with: { skewMinutes: 60 } })
    const kms = new KMSClient({
      endpoint: aws.url,
      region: "eu-west-1",
      credentials: credentialsOf(aws, "app"),
    })
    await kms.send(new DescribeKeyCommand({ KeyId: appKey }))
    expect(await outcomes()).toEqual(["InvalidSignatureException 400", "ok 200"])
  })
})

describe("a connection", () => {
  /** Speaks HTTP by hand, and waits until `enough` of the answer is there. */
  async function speak(enough: (answer: string) => boolean | Promise<boolean>): Promise<string> {
    const { hostname, port } = new URL(aws.url)
    const socket = connect(Number(port), hostname)
    let answer = ""
    socket.setTimeout(300_000, () => socket.destroy())
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: TrentService.Decrypt\r\nContent-Length: 2\r\n\r\n{}`,
    )
    const poll = new Promise<void>((resolve, reject) => {
      socket.on("data", (chunk) => {
        answer += chunk
      })
      const timer = setInterval(async () => {
        if (await enough(answer)) finish(resolve)
      }, 20)
      socket.once("close", () => finish(() => reject(new Error(`closed after ${JSON.stringify(answer)}`))))
      function finish(then: () => void): void {
        clearInterval(timer)
        then()
      }
    })
    await poll.finally(() => socket.destroy())
    return answer
  }

  test("that hangs has a request in the log, and no answer", async () => {
    await aws.fail({ with: "hang" })
    expect(await speak(async () => (await aws.requests()).length > 0)).toBe("")
    expect(await outcomes()).toEqual(["hang 0"])
  })

  test("that drips gives a byte, and another, and no end", async () => {
    await aws.fail({ with: "drip" })
    const answer = await speak((text) => text.split("1\r\n \r\n").length > 2)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toContain("1\r\n{\r\n1\r\n \r\n1\r\n \r\n")
    expect(await outcomes()).toEqual(["drip 200"])
  })
})
