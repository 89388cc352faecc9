import { createHash, createHmac } from "node:crypto"
import { SignatureV4 } from "@smithy/signature-v4"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopCluster } from "./deploy-world.ts"
import { reviewToken } from "./eks-token.ts"
import { send } from "./http.ts"
import { credentialsOf } from "./sdk.ts"
import { roleArn, type World } from "./world.ts"

const world: World = { ...deployWorld, eksClusters: [shopCluster("https://127.0.0.1:6443", "")] }
const now = Date.parse("2026-11-23T12:00:00Z")
const gate = { cluster: "shop", world, now }

interface Presign {
  readonly role?: string
  readonly cluster?: string
  readonly host?: string
  readonly protocol?: string
  readonly region?: string
  readonly service?: string
  readonly path?: string
  readonly expiresIn?: number
  readonly at?: number
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly expired?: boolean
}

/** As AWS's own signer makes it, which is what a client does. */
async function presign(options: Presign = {}): Promise<string> {
  const { role = "deployer", cluster = "shop", region = "eu-west-1", service = "sts", at = now } = options
  const { host = "sts.eu-west-1.amazonaws.com", protocol = "https:", path = "/", expired = false } = options
  const signer = new SignatureV4({
    ...{ region, service, sha256: Sha256 },
    credentials: credentialsOf({ url: "", roles: [] }, role, { expired }),
  })
  const [hostname = "", port] = host.split(":")
  const { query, headers } = await signer.presign(
    {
      ...{ method: "GET", protocol, hostname, path },
      ...(port !== undefined && { port: Number(port) }),
      headers: { host, ...(options.headers ?? { "x-k8s-aws-id": cluster }) },
      query: { Action: "GetCallerIdentity", Version: "2011-06-15", ...options.query },
    },
    {
      expiresIn: options.expiresIn ?? 60,
      signingDate: new Date(at),
      unhoistableHeaders: new Set(["x-k8s-aws-id"]),
    },
  )
  expect(headers).toBeDefined()
  const search = new URLSearchParams(query as Record<string, string>)
  return `${protocol}//${host}${path}?${search.toString().replaceAll("+", "%20")}`
}

class Sha256 {
  readonly #hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret))
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data))
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {
    throw new Error("a hash is used once")
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data)
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}

const tokenOf = (url: string) => `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`
const review = async (options: Presign = {}, part: Partial<typeof gate> = {}) =>
  reviewToken(tokenOf(await presign(options)), { ...gate, ...part })
const refusal = async (options: Presign, part: Partial<typeof gate> = {}) => {
  const verdict = await review(options, part)
  return "refusal" in verdict ? verdict.refusal : "it was accepted"
}

describe("a token", () => {
  test("lets the role in with the groups of its access entry, by the name of its session", async () => {
    expect(await review()).toEqual({
      user: {
        username: "arn:aws:sts::111122223333:assumed-role/deployer/static",
        uid: "aws-iam-authenticator:111122223333:AROAEXAMPLE",
        groups: ["deployers"],
        extra: {
          accessKeyId: [expect.stringMatching(/^ASIA/)],
          arn: ["arn:aws:sts::111122223333:assumed-role/deployer/static"],
          canonicalArn: [roleArn("deployer")],
          principalId: ["AROAEXAMPLE"],
          sessionName: ["static"],
        },
      },
    })
  })

  test("has the user name that the access entry gives", async () => {
    const accessEntries = [{ role: roleArn("deployer"), groups: [], username: "shop-deployer" }]
    const cluster = { ...shopCluster("https://127.0.0.1", ""), accessEntries }
    expect(await review({}, { world: { ...world, eksClusters: [cluster] } })).toMatchObject({
      user: { username: "shop-deployer", groups: [] },
    })
  })

  test("is good for 15 minutes, whatever it says of its own life", async () => {
    expect(await review({ expiresIn: 1 }, { now: now + 15 * 60_000 })).toHaveProperty("user")
    expect(await refusal({ expiresIn: 900 }, { now: now + 15 * 60_000 + 1 })).toContain("is expired")
  })

  test("is good for as long as the world says", async () => {
    const eksClusters = [{ ...shopCluster("https://127.0.0.1:6443", ""), tokenSeconds: 5 }]
    const brief = { world: { ...world, eksClusters } }
    expect(await review({}, { ...brief, now: now + 5_000 })).toHaveProperty("user")
    expect(await refusal({}, { ...brief, now: now + 5_001 })).toContain("is expired")
  })

  test("is good for the global endpoint when it is signed for its Region", async () => {
    expect(await review({ host: "sts.amazonaws.com", region: "us-east-1" })).toHaveProperty("user")
  })

  test("is good for an STS of one's own only where that is said", async () => {
    const own = { host: "127.0.0.1:1234", protocol: "http:" }
    expect(await refusal(own)).toContain('unexpected scheme "http"')
    expect(await refusal({ ...own, protocol: "https:" })).toContain('unexpected hostname "127.0.0.1:1234"')
    const token = tokenOf(await presign(own))
    expect(reviewToken(token, { ...gate, stsHost: "127.0.0.1:1234" })).toHaveProperty("user")
  })

  test.each<[string, Presign, string]>([
    ["for another cluster", { cluster: "web" }, "SignatureDoesNotMatch"],
    ["without the cluster", { headers: {} }, "client did not sign the x-k8s-aws-id header"],
    ["with another header", { headers: { "x-k8s-aws-id": "shop", "x-other": "1" } }, "SignatureDoesNotMatch"],
    ["of another host", { host: "sts.example.com" }, 'unexpected hostname "sts.example.com"'],
    ["of another service's host", { host: "ecr.eu-west-1.amazonaws.com" }, "unexpected hostname"],
    ["without encryption", { protocol: "http:" }, 'unexpected scheme "http"'],
    ["of another path", { path: "/x" }, "unexpected path"],
    ["for another Region than its host's", { region: "us-east-1" }, "valid region"],
    ["for another service", { service: "ecr" }, "SignatureDoesNotMatch"],
    ["for another action", { query: { Action: "GetSessionToken" } }, "unexpected action"],
    ["of another version", { query: { Version: "2010-01-01" } }, "unexpected version"],
    ["with a parameter of its own", { query: { Debug: "1" } }, 'non-whitelisted query parameter "Debug"'],
    ["with a parameter twice", { query: { action: "GetCallerIdentity" } }, "multiple values"],
    ["that lives too long", { expiresIn: 901 }, "invalid X-Amz-Expires parameter"],
    ["of the future", { at: now + 6 * 60_000 }, "not yet current"],
    ["of expired credentials", { expired: true }, "ExpiredToken"],
    ["of a role that the cluster does not know", { role: "builder" }, "ARN is not mapped"],
    ["of a role that is not there", { role: "ghost" }, "InvalidClientTokenId"],
  ])("%s lets nobody in", async (_, options, reason) => {
    expect(await refusal(options)).toContain(reason)
  })

  test.each<[string, (url: string) => string, string]>([
    ["with another prefix", (url) => tokenOf(url).replace("v1", "v2"), "missing expected"],
    ["with padding", (url) => `${tokenOf(url)}=`, "illegal base64"],
    ["that is no URL", () => tokenOf("x"), "it is no URL"],
    ["that is too large", (url) => tokenOf(`${url}${"x".repeat(4096)}`), "too large"],
    ["with an altered signature", (url) => tokenOf(alter(url, "X-Amz-Signature")), "SignatureDoesNotMatch"],
    ["with an altered session", (url) => tokenOf(alter(url, "X-Amz-Security-Token")), "InvalidClientTokenId"],
    ["with another's key", (url) => tokenOf(url.replace(/ASIA./, "ASIA?")), "InvalidClientTokenId"],
    [
      "with no time",
      (url) => tokenOf(url.replace(/X-Amz-Date=\w+/, "X-Amz-Date=x")),
      "error parsing X-Amz-Date",
    ],
    ["with no algorithm", (url) => tokenOf(url.replace("HMAC-SHA256", "RSA")), "IncompleteSignature"],
  ])("%s lets nobody in", async (_, change, reason) => {
    const verdict = reviewToken(change(await presign()), gate)
    expect(verdict).toEqual({ refusal: expect.stringContaining(reason) })
  })

  test("lets nobody in where there is no such cluster", async () => {
    expect(await refusal({ cluster: "web" }, { cluster: "web" })).toBe("there is no cluster web")
  })
})

function alter(url: string, parameter: string): string {
  return url.replace(
    new RegExp(`${parameter}=.`),
    (found) => `${found.slice(0, -1)}${found.endsWith("0") ? "1" : "0"}`,
  )
}

describe("the webhook", () => {
  let aws: FakeAws
  beforeAll(async () => {
    aws = await startFakeAws(world)
  })
  afterEach(() => aws.clearRequests())
  afterAll(() => aws.stop())

  const post = async (body: unknown, cluster = "shop") => {
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const answer = await send(`${aws.url}/_eks/token-review/${cluster}`, { method: "POST", body: text })
    return { status: answer.status, body: JSON.parse(answer.body) }
  }
  const reviewOf = (token: string) => ({
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token },
  })

  test("answers a TokenReview with the user, for a token of the fake's own STS", async () => {
    const { host } = new URL(aws.url)
    const token = tokenOf(await presign({ host, protocol: "http:", at: Date.now() }))
    expect(await post(reviewOf(token))).toMatchObject({
      status: 200,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenReview",
        status: { authenticated: true, user: { groups: ["deployers"] } },
      },
    })
    expect(await aws.requests()).toMatchObject([
      { service: "eks", operation: "TokenReview", principal: roleArn("deployer"), outcome: "ok" },
    ])
  })

  test("answers a TokenReview with the reason when nobody comes of it", async () => {
    expect(await post(reviewOf("x"))).toMatchObject({
      status: 200,
      body: { status: { authenticated: false, error: expect.stringContaining("prefix") } },
    })
    expect(await aws.requests()).toMatchObject([{ principal: null }])
  })

  test.each<[string, unknown, string | undefined]>([
    ["no JSON", "{", undefined],
    ["no object", "null", undefined],
    ["another kind", { apiVersion: "authentication.k8s.io/v1", kind: "Pod" }, undefined],
    ["another version", { ...reviewOf("x"), apiVersion: "authentication.k8s.io/v1beta1" }, undefined],
    ["a path without a cluster", reviewOf("x"), ""],
  ])("refuses %s", async (_, body, cluster) => {
    expect((await post(body, cluster)).status).toBe(400)
  })
})
