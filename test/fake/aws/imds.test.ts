import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { readSessionToken } from "./credentials.ts"
import { send } from "./http.ts"
import { defaultWorld, roleArn, withRole } from "./world.ts"

const ttl = "x-aws-ec2-metadata-token-ttl-seconds"
const rolesPath = "/latest/meta-data/iam/security-credentials/"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  await aws.setWorld(defaultWorld)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const putToken = (headers: Readonly<Record<string, string>>, method = "PUT") =>
  send(`${aws.url}/latest/api/token`, { method, headers })

async function get(path: string, token?: string) {
  const value = token ?? (await putToken({ [ttl]: "21600" })).body
  return send(`${aws.url}${path}`, { headers: { "x-aws-ec2-metadata-token": value } })
}

describe("a token", () => {
  test("is given for as long as it was asked for", async () => {
    expect(await putToken({ [ttl]: "60" })).toMatchObject({ status: 200, headers: { [ttl]: "60" } })
  })

  test.each([
    ["without a time", {}, 400],
    ["for no time", { [ttl]: "0" }, 400],
    ["for more than six hours", { [ttl]: "21601" }, 400],
    ["for what is no number", { [ttl]: "long" }, 400],
    ["through a proxy", { [ttl]: "60", "x-forwarded-for": "10.0.0.1" }, 403],
  ])("is not given %s", async (_, headers, status) => {
    expect((await putToken(headers as Record<string, string>)).status).toBe(status)
  })

  test("is not given to GET", async () => {
    expect((await putToken({ [ttl]: "60" }, "GET")).status).toBe(405)
  })

  test.each(["", "made up", Buffer.from("9999999999999 00").toString("base64")])(
    "is needed, and %j is none",
    async (token) => {
      expect((await get(rolesPath, token)).status).toBe(401)
      expect((await get(`${rolesPath}app`, token)).status).toBe(401)
    },
  )
})

describe("an instance", () => {
  test("has one role, and gives its credentials", async () => {
    expect(await get(rolesPath)).toMatchObject({ status: 200, body: "app" })
    const answer = await get(`${rolesPath}app`)
    const credentials = JSON.parse(answer.body)
    expect(credentials).toMatchObject({ Code: "Success", Type: "AWS-HMAC" })
    expect(readSessionToken(credentials.Token)).toMatchObject({ role: roleArn("app"), via: "instance" })
  })

  test("gives no other role", async () => {
    expect((await get(`${rolesPath}builder`)).status).toBe(404)
  })

  test("without a role has none to give", async () => {
    await aws.setWorld(withRole(defaultWorld, "app", { mechanisms: ["static"] }))
    expect((await get(rolesPath)).status).toBe(404)
  })

  test("takes only GET for them", async () => {
    expect((await send(`${aws.url}${rolesPath}`, { method: "POST" })).status).toBe(405)
  })
})

test("the log tells the steps apart", async () => {
  await get(`${rolesPath}app`)
  const line = { service: "imds", region: null, outcome: "ok", status: 200 }
  expect(await aws.requests()).toEqual([
    { ...line, operation: "GetToken", principal: null },
    { ...line, operation: "GetRoleCredentials", principal: roleArn("app") },
  ])
})
