import type { ChildProcess } from "node:child_process"
import { createServer, type Server } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { environmentFor, type FailureRule, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { type Key, type Secret, type World, withKey, withSecret } from "../../fake/aws/world.ts"
import { freePort } from "../../fake/free-port.ts"
import { type Run, runtimes, sandbox, seconds } from "../harness.ts"
import {
  dotenv,
  key,
  openArgs,
  type Production,
  sealArgs,
  sealProduction,
  startProduction,
} from "./production.ts"

let production: Production
let world: World
beforeAll(async () => {
  production = await startProduction()
  world = await production.aws.world()
})
afterAll(() => production.aws.stop())
beforeEach(async () => {
  await production.aws.clearFailures()
  await production.aws.setWorld(world)
  await sealProduction(production)
})

async function open(role = "pod", ...more: readonly string[]): Promise<Run> {
  return production.box.envseal([...openArgs, ...more], { env: production.as(role), keepsLate: true })
}

async function kmsRequests(): Promise<number> {
  return (await production.aws.requests()).filter(({ service }) => service === "kms").length
}

describe("what can pass", () => {
  test.each<[string, FailureRule]>([
    ["KMS throttles twice", { service: "kms", with: "throttle", times: 2 }],
    ["KMS fails twice", { service: "kms", with: "unavailable", times: 2 }],
    ["KMS cuts the connection twice", { service: "kms", with: "reset", times: 2 }],
  ])("%s: open tries again, and succeeds", async (_, rule) => {
    await production.aws.fail(rule)
    const run = await open("pod", "--timeout", await seconds(60))
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(run.stderr).toMatch(/^envseal: warning: KMS in eu-west-1 \(kms:Decrypt\): .*; trying again\n$/)
    expect(await kmsRequests()).toBe(3)
  })

  test.each<[string, FailureRule]>([
    ["throttles", { service: "agent", with: "throttle", times: 2 }],
    ["fails", { service: "agent", with: "unavailable", times: 2 }],
    ["cuts the connection", { service: "agent", with: "reset", times: 2 }],
  ])("the agent %s twice: open tries again, and succeeds", async (_, rule) => {
    await production.aws.fail(rule)
    const run = await open("pod", "--timeout", await seconds(60))
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(await kmsRequests()).toBe(1)
  })

  test("Secrets Manager throttles twice: seal tries again, and succeeds", async () => {
    await production.aws.fail({ service: "secretsmanager", with: "throttle", times: 2 })
    const run = await production.box.envseal([...sealArgs], { env: production.as("build") })
    expect(run.status).toBe(0)
  })

  test("the clock of this machine is 10 minutes off: the second request is signed with the time of AWS", async () => {
    await production.aws.fail({ service: "kms", with: { skewMinutes: 10 } })
    const run = await open("pod", "--timeout", await seconds(60))
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(await kmsRequests()).toBe(2)
  })

  test("an agent that is not up yet: open waits for it", async () => {
    const port = await freePort()
    const env = {
      ...production.as("pod"),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
    }
    let late: Promise<FakeAws> | undefined
    const args = [...openArgs, "--timeout", await seconds(60)]
    // It comes up once it was asked in vain, however slow this machine is.
    const watch = ({ stderr }: ChildProcess) =>
      stderr?.once("data", () => {
        late = startFakeAws(world, { port })
      })
    try {
      const run = await production.box.envseal(args, { env, watch, keepsLate: true })
      expect(run).toMatchObject({ status: 0, stdout: dotenv })
      expect(run.stderr).toMatch(/(?:connection refused|no answer in time); trying again/)
    } finally {
      await (await late)?.stop()
    }
  })
})

describe("what does not pass ends within the deadline, as a failure of the remote", () => {
  test.each<[string, FailureRule, string]>([
    ["KMS throttles", { service: "kms", with: "throttle" }, "ThrottlingException"],
    ["KMS fails", { service: "kms", with: "unavailable" }, "KMSInternalException"],
    ["KMS cuts every connection", { service: "kms", with: "reset" }, "connection reset"],
  ])("%s", async (_, rule, why) => {
    await production.aws.fail(rule)
    const run = await open("pod", "--timeout", await seconds(8))
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(run.stderr).toContain("[REMOTE_FAILED]")
    expect(run.stderr).toContain("kms:Decrypt")
    expect(run.stderr).toContain(why)
    expect(await kmsRequests()).toBeGreaterThan(2)
  })

  test.each<[string, FailureRule, string]>([
    ["KMS never answers", { service: "kms", with: "hang" }, "KMS in eu-west-1"],
    ["KMS answers a byte a second", { service: "kms", with: "drip" }, "KMS in eu-west-1"],
    [
      "the agent never answers",
      { service: "agent", with: "hang" },
      "the EKS Pod Identity agent at http://127.0.0.1:",
    ],
    [
      "the agent answers a byte a second",
      { service: "agent", with: "drip" },
      "the EKS Pod Identity agent at http://127.0.0.1:",
    ],
  ])("%s: the deadline ends it, and tells what it waited for", async (_, rule, what) => {
    await production.aws.fail(rule)
    const run = await open("pod", "--timeout", await seconds(4))
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(run.stderr).toContain("[TIMED_OUT]")
    expect(run.stderr).toContain(what)
  })

  test.each(
    runtimes.flatMap(
      ({ runtime, executable }) =>
        [
          {
            runtime,
            executable,
            via: "web-identity",
            name: "AWS_WEB_IDENTITY_TOKEN_FILE",
            what: "web identity",
          },
          {
            runtime,
            executable,
            via: "pod-identity",
            name: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            what: "agent",
          },
        ] as const,
    ),
  )(
    "a token's file that is a pipe without a writer ($name): so it is on $runtime",
    async ({ executable, via, name, what }) => {
      const { box, as } = production
      await box.run("mkfifo", [`never-written-${via}`])
      const env = { ...as("pod", via), [name]: box.path(`never-written-${via}`) }
      let overdue: NodeJS.Timeout | undefined
      const run = await box.envseal([...openArgs, "--timeout", await seconds(5)], {
        executable,
        env,
        watch: (child) => {
          overdue = setTimeout(() => child.kill("SIGKILL"), 300_000)
        },
      })
      clearTimeout(overdue)
      expect(run).toMatchObject({ status: 7, signal: null, stdout: "" })
      expect(run.stderr).toContain("[TIMED_OUT]")
      expect(run.stderr).toContain(what)
    },
  )

  test.each(["", "eu west"])(
    "no Region, or one that cannot be (%j): it is a matter of usage",
    async (region) => {
      const env = { ...production.as("build"), AWS_REGION: region }
      const run = await production.box.envseal(["check", "--from", "aws-sm:shop/production"], { env })
      expect(run).toMatchObject({ status: 2, stdout: "" })
      expect(run.stderr).toContain("set AWS_REGION")
    },
  )

  test("an endpoint that speaks no TLS is told by the code of the system, with what to look at", async () => {
    const { aws, box, as } = production
    const env = { ...as("pod"), AWS_ENDPOINT_URL_KMS: aws.url.replace("http:", "https:") }
    const run = await box.envseal([...openArgs], { env })
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(run.stderr).toMatch(/: (?:EPROTO|ERR_SSL_\w+) \[REMOTE_FAILED\]\n.*AWS_ENDPOINT_URL/)
  })

  test("an error that nobody foresaw is not told as one that passes", async () => {
    const refusal = { status: 400, code: "ValidationException", message: "1 validation error" }
    await production.aws.fail({ service: "kms", with: refusal })
    const run = await open()
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(run.stderr).toContain("ValidationException (status 400)")
    expect(run.stderr).not.toContain("try again")
    expect(await kmsRequests()).toBe(1)
  })

  test("a proxy that answers something else is told as no answer of KMS, at once", async () => {
    await production.aws.fail({ service: "kms", with: "garbage" })
    const run = await open()
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(run.stderr).toContain("[REMOTE_FAILED]")
    expect(await kmsRequests()).toBe(1)
  })
})

describe("a key that cannot be used ends with 5, after one request", () => {
  test.each<[string, Partial<Key>, string]>([
    ["is disabled", { state: "Disabled" }, "is disabled"],
    ["is pending deletion", { state: "PendingDeletion" }, "pending deletion"],
    ["is pending import", { state: "PendingImport" }, "pending import"],
    ["is unavailable", { state: "Unavailable" }, "unavailable"],
  ])("because it %s", async (_, part, what) => {
    await production.aws.setWorld(withKey(world, key, part))
    const run = await open()
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[KEY_UNUSABLE]")
    expect(run.stderr).toContain(what)
    expect(run.stderr).toContain(key)
    expect(await kmsRequests()).toBe(1)
  })

  test("because it is gone", async () => {
    await production.aws.setWorld({ keys: world.keys.filter(({ arn }) => arn !== key) })
    const run = await open()
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toMatch(/\[(KEY_UNUSABLE|ACCESS_DENIED)\]/)
    expect(run.stderr).toContain(key)
  })

  test("because the alias to seal for does not exist", async () => {
    const args = ["seal", "-f", "-", "-r", "aws-kms:alias/none", "-c", "app=shop", "-o", "none"]
    const run = await production.box.envseal(args, { env: production.as("admin"), stdin: '{"A":"1"}' })
    expect(run.status).toBe(5)
    expect(run.stderr).toContain("alias/none")
    expect(run.stderr).toContain("[KEY_UNUSABLE]")
  })
})

describe("a secret that cannot be read", () => {
  const stored = (part: Partial<Secret["versions"][number]>): Partial<Secret> => ({
    versions: [{ id: "00000000-0000-4000-8000-000000000003", stages: ["AWSCURRENT"], ...part }],
  })

  test.each<[string, Partial<Secret>, string, string]>([
    ["is binary", stored({ binary: "AAEC" }), "SECRET_MALFORMED", "SecretBinary"],
    ["is not JSON", stored({ string: "hunter2" }), "SECRET_MALFORMED", "aws-sm:shop/production"],
    ["is a JSON list", stored({ string: "[1]" }), "SECRET_MALFORMED", "aws-sm:shop/production"],
    ["is marked for deletion", { deletedAt: "2026-01-01T00:00:00Z" }, "SOURCE_MISSING", "restore-secret"],
  ])("because it %s ends with 4, and tells how", async (_, part, code, what) => {
    await production.aws.setWorld(withSecret(world, "shop/production", part))
    const run = await production.box.envseal([...sealArgs, "-o", "none"], { env: production.as("build") })
    expect(run.status).toBe(4)
    expect(run.stderr).toContain(`[${code}]`)
    expect(run.stderr).toContain(what)
    expect(run.stderr).not.toContain("hunter2")
    expect(production.box.list()).not.toContain("none")
  })

  test.each([
    ["there is none of that name", "aws-sm:shop/none", "does not exist"],
    ["it has no such stage", "aws-sm:shop/production#NONE", "version or stage"],
    [
      "it has no such version",
      "aws-sm:shop/production#00000000-0000-4000-8000-00000000000f",
      "version or stage",
    ],
  ])("because %s ends with 4", async (_, source, what) => {
    const args = ["seal", "--from", source, ...sealArgs.slice(3), "-o", "none"]
    const run = await production.box.envseal(args, { env: production.as("admin") })
    expect(run.status).toBe(4)
    expect(run.stderr).toContain("[SOURCE_MISSING]")
    expect(run.stderr).toContain(what)
  })

  test("because it is in another Region only is told with the Region that was asked", async () => {
    const env = { ...production.as("admin"), AWS_REGION: "eu-central-1" }
    const run = await production.box.envseal(["check", "--from", "aws-sm:shop/production"], { env })
    expect(run.status).toBe(4)
    expect(run.stderr).toMatch(/does not exist in eu-central-1.* \[SOURCE_MISSING\]/)
    expect(run.stderr).toContain("--region")
  })
})

describe("versions of a secret", () => {
  test.each([
    ["by stage", "aws-sm:shop/production#AWSPREVIOUS"],
    ["by id", "aws-sm:shop/production#00000000-0000-4000-8000-000000000001"],
  ])("are read %s, and named in the provenance", async (_, source) => {
    const { box } = production
    const args = [
      "seal",
      "--json",
      "--from",
      source,
      "-r",
      `aws-kms:${key}`,
      "-c",
      "app=shop,environment=production",
    ]
    const run = await box.envseal([...args, "-o", "old.sealed"], { env: production.as("build") })
    expect(JSON.parse(run.stdout).provenance.sources).toMatchObject([
      { versionId: "00000000-0000-4000-8000-000000000001" },
    ])
    const opened = await box.envseal([...openArgs, "--in", "old.sealed"], { env: production.as("pod") })
    expect(opened.stdout).toBe("APP_KEY=old\n")
  })

  test("of several sources are merged in order, and what is in more than one is told", async () => {
    const { box } = production
    const args = ["--from", "aws-sm:shop/production", "--from", "aws-sm:shop/production#AWSPREVIOUS"]
    const run = await box.envseal(["seal", ...args, ...sealArgs.slice(3), "-o", "merged.sealed"], {
      env: production.as("build"),
    })
    expect(run.status).toBe(0)
    expect(run.stderr).toContain(
      "APP_KEY is in several sources; the one in aws-sm:shop/production#AWSPREVIOUS wins",
    )
    const opened = await box.envseal([...openArgs, "--in", "merged.sealed"], { env: production.as("pod") })
    expect(opened.stdout).toContain("APP_KEY=old\n")
  })
})

describe("a proxy", () => {
  let proxy: Server
  let url: string
  const seen: string[] = []
  beforeAll(async () => {
    proxy = createServer((socket) => {
      socket.once("data", (data) => {
        seen.push(data.toString("latin1").split("\r\n")[0] ?? "")
        socket.end("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
      })
      socket.on("error", () => {})
    })
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
    const address = proxy.address()
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
  })
  afterAll(() => proxy.close())
  beforeEach(() => {
    seen.length = 0
  })

  test.each([
    ["HTTPS_PROXY", "https://kms.example.invalid", "CONNECT kms.example.invalid:443 HTTP/1.1"],
    ["https_proxy", "https://kms.example.invalid", "CONNECT kms.example.invalid:443 HTTP/1.1"],
    ["HTTP_PROXY", "http://kms.example.invalid", "POST http://kms.example.invalid/ HTTP/1.1"],
  ])("in %s is asked for KMS, and not for the agent", async (name, endpoint, line) => {
    const env = { ...production.as("pod"), [name]: url, AWS_ENDPOINT_URL_KMS: endpoint }
    const run = await production.box.envseal([...openArgs, "--timeout", await seconds(3)], { env })
    expect(run).toMatchObject({ status: 7, stdout: "" })
    expect(new Set(seen)).toEqual(new Set([line]))
  })

  test("is not asked for what NO_PROXY names", async () => {
    const env = { ...production.as("pod"), HTTP_PROXY: url, NO_PROXY: "localhost,127.0.0.1" }
    const run = await production.box.envseal([...openArgs], { env })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(seen).toEqual([])
  })
})

test("AWS_ENDPOINT_URL_KMS goes before AWS_ENDPOINT_URL, and both can be ignored", async () => {
  const { aws, box, as } = production
  const env = { ...as("pod"), AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_KMS: aws.url }
  expect(await box.envseal([...openArgs], { env })).toMatchObject({ status: 0, stdout: dotenv })
  const ignoring = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }
  const run = await box.envseal([...openArgs, "--timeout", await seconds(2)], { env: ignoring })
  expect(run.status).toBe(7)
})

test("values of the secret never sign envseal's own calls", async () => {
  const { aws, box, as } = production
  const stolen = {
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  }
  const string = JSON.stringify(stolen)
  await aws.setWorld(
    withSecret(world, "shop/production", {
      versions: [{ id: "00000000-0000-4000-8000-000000000004", stages: ["AWSCURRENT"], string }],
    }),
  )
  const sealed = await box.envseal([...sealArgs, "-o", "stolen.sealed"], { env: as("build") })
  expect(sealed.status).toBe(0)
  expect(sealed.stderr).toContain(
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: each takes the place of the pod's own role",
  )
  const files = sandbox({
    ".env": "AWS_ACCESS_KEY_ID=fromdotenv\nAWS_SECRET_ACCESS_KEY=y\nAWS_ENDPOINT_URL=http://127.0.0.1:1\n",
  })
  const env = { ...environmentFor(aws, { via: "pod-identity", role: "pod", folder: box.folder }) }
  const run = await files.envseal([...openArgs, "--in", box.path("stolen.sealed")], { env })
  expect(run.status).toBe(0)
  const principals = new Set(
    (await aws.requests()).filter(({ service }) => service === "kms").map(({ principal }) => principal),
  )
  expect(
    [...principals].every(
      (principal) => principal?.endsWith("role/pod") || principal?.endsWith("role/build"),
    ),
  ).toBe(true)
})
