import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"
import { eksAccess } from "../../../src/adapters/aws/eks.ts"
import { signEksToken } from "../../../src/adapters/aws/eks-token.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { shopCluster } from "../../fake/aws/deploy-world.ts"
import { reviewToken } from "../../fake/aws/eks-token.ts"
import { environmentFor } from "../../fake/aws/environment.ts"
import { credentialsOf } from "../../fake/aws/sdk.ts"
import { region } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, pem, settingFor, startAws, world } from "./setting.ts"

const minuteMs = 60_000
const cluster = shopCluster("https://127.0.0.1:6443", Buffer.from(pem).toString("base64"))

let aws: FakeAws
let nowMs: number
beforeAll(async () => {
  aws = await startAws({ eksClusters: [cluster] })
  // A cluster believes STS alone, and a token is made without asking it.
  delete process.env["AWS_ENDPOINT_URL_STS"]
})
afterAll(() => aws.stop())
beforeEach(async () => {
  nowMs = Date.now()
  await aws.setWorld({ eksClusters: [cluster] })
  await aws.clearRequests()
})

function access(name = "shop", role = "deployer") {
  const { settings, credentials } = settingFor(aws, role)
  return eksAccess(name, region, settings, credentials, () => nowMs)
}

const urlOf = (token: string) =>
  new URL(Buffer.from(token.replace(/^k8s-aws-v1\./, ""), "base64url").toString())

describe("a cluster", () => {
  test("is reached at its address, with its certificate, after one request", async () => {
    expect(await access()).toMatchObject({
      name: "shop",
      server: "https://127.0.0.1:6443",
      ca: pem,
      tlsServerName: null,
      insecure: false,
      proxy: null,
    })
    expect(await asked(aws)).toEqual(["eks:DescribeCluster"])
  })

  test("that is being updated can be reached", async () => {
    await aws.setWorld({ eksClusters: [{ ...cluster, status: "UPDATING" }] })
    expect((await access()).server).toBe(cluster.endpoint)
  })

  test.each(["CREATING", "DELETING", "FAILED", "PENDING"] as const)("that is %s cannot", async (status) => {
    await aws.setWorld({ eksClusters: [{ ...cluster, status }] })
    const { code, message } = await failureOf(() => access())
    expect(code).toBe("REMOTE_FAILED")
    expect(message).toContain(status)
  })

  test.each([
    ["an address that is not https", { endpoint: "http://203.0.113.1" }],
    ["an address with a password", { endpoint: "https://me:hunter2@203.0.113.1" }],
    ["an authority that is none", { ca: Buffer.from("hunter2").toString("base64") }],
  ])("that is answered with %s gets no token", async (_, part) => {
    await aws.setWorld({ eksClusters: [{ ...cluster, ...part }] })
    const { code, message } = await failureOf(() => access())
    expect(code).toBe("REMOTE_FAILED")
    expect(message).not.toContain("hunter2")
  })

  test("that is not there is the wrong one", async () => {
    await aws.setWorld({ eksClusters: [] })
    // In which account that is, STS knows.
    vi.stubEnv("AWS_ENDPOINT_URL_STS", aws.url)
    const { code, message, hint } = await failureOf(() => access()).finally(() => vi.unstubAllEnvs())
    expect(code).toBe("WRONG_CLUSTER")
    expect(message).toBe("there is no EKS cluster shop in eu-west-1 of account 111122223333")
    expect(hint).toMatch(/name, account and Region/)
  })

  test("that is not for this role is denied, and the hint is the permission", async () => {
    const { code, hint } = await failureOf(() => access("shop", "nobody"))
    expect(code).toBe("ACCESS_DENIED")
    expect(hint).toContain('"Action":"eks:DescribeCluster"')
    expect(hint).toContain(":cluster/shop")
  })
})

describe("a token", () => {
  const review = (token: string, now = nowMs) =>
    reviewToken(token, { cluster: "shop", world: { ...world, eksClusters: [cluster] }, now })

  test("is accepted as the role's, and nothing is asked to make it", async () => {
    const { credential } = await access()
    await aws.clearRequests()
    const { token = "" } = await credential()
    expect(review(token)).toMatchObject({ user: { groups: ["deployers"] } })
    expect(await asked(aws)).toEqual([])
  })

  test("signs the host and the cluster's name, for one minute, at the Region's STS", async () => {
    const { token = "" } = await (await access()).credential()
    const url = urlOf(token)
    expect(`${url.origin}${url.pathname}`).toBe("https://sts.eu-west-1.amazonaws.com/")
    expect(url.searchParams.get("X-Amz-SignedHeaders")).toBe("host;x-k8s-aws-id")
    expect(url.searchParams.get("X-Amz-Expires")).toBe("60")
    expect([...url.searchParams.keys()]).not.toContain("x-k8s-aws-id")
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/)
  })

  test("of another cluster's name is refused", async () => {
    const identity = credentialsOf(aws, "deployer")
    const token = await signEksToken("other", region, identity, null, nowMs)
    expect(review(token)).toMatchObject({ refusal: expect.any(String) })
  })

  test.each([
    ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["us-east-1", "sts.us-east-1.amazonaws.com"],
  ])("in %s is for %s", async (where, host) => {
    const token = await signEksToken("shop", where, credentialsOf(aws, "deployer"), null, nowMs)
    expect(urlOf(token).host).toBe(host)
  })

  test("is kept for ten minutes, then made again, long before it ends", async () => {
    const { credential } = await access()
    const { token: first = "" } = await credential()
    nowMs += 10 * minuteMs - 1
    expect((await credential()).token).toBe(first)
    expect(review(first)).toHaveProperty("user")
    nowMs += 1
    const { token: second = "" } = await credential()
    expect(second).not.toBe(first)
    expect(review(second)).toHaveProperty("user")
  })

  test("that the cluster refuses is not given again", async () => {
    const { credential } = await access()
    const first = await credential()
    nowMs += 1_000
    expect((await credential(first)).token).not.toBe(first.token)
  })

  test("that another one has replaced already is not made again when it is refused late", async () => {
    const { credential } = await access()
    const first = await credential()
    nowMs += 1_000
    const second = await credential(first)
    nowMs += 1_000
    expect(await credential(first)).toEqual(second)
  })

  test("follows the credentials when those are renewed", async () => {
    const environment = environmentFor(aws, { via: "container", role: "deployer", folder: "/nonexistent" })
    const { settings, credentials } = settingFor(aws, "deployer", { environment }, () => nowMs)
    await aws.setWorld({ sessionSeconds: 360 })
    const { credential } = await eksAccess("shop", region, settings, credentials, () => nowMs)
    const { token: first = "" } = await credential()
    nowMs += 2 * minuteMs
    await aws.setWorld({ sessionSeconds: 3600 })
    const { token: second = "" } = await credential()
    const key = (token: string) => urlOf(token).searchParams.get("X-Amz-Credential")
    expect(key(second)).not.toBe(key(first))
  })

  test("is quoted nowhere", async () => {
    const { settings, credentials } = settingFor(aws)
    const { credential } = await eksAccess("shop", region, settings, credentials)
    const { token = "" } = await credential()
    expect(credentials.redactor.quote(`Bearer ${token}`)).toBe("Bearer ***")
  })
})
