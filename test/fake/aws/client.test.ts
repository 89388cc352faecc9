import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { freePort } from "../free-port.ts"
import { environmentFor, type FakeAws, startFakeAws, startFakeAwsApart } from "./client.ts"
import type { Identity } from "./environment.ts"
import { send } from "./http.ts"
import { appKey, defaultWorld, roleArn, type World, withKey, withRole, withSecret } from "./world.ts"

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), "envseal-aws-"))
let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterAll(async () => {
  await aws.stop()
  rmSync(folder, { recursive: true })
})

async function probe(identity: Partial<Identity>): Promise<string> {
  const env = environmentFor(aws, { via: "static", role: "app", folder, ...identity })
  const options = { env, timeout: 300_000 }
  const done = await run(process.execPath, [join(import.meta.dirname, "probe.ts"), appKey], options).catch(
    (error: { stdout: string }) => error,
  )
  return done.stdout
}

const operations = async () =>
  (await aws.requests()).map(({ service, operation, outcome }) => `${service} ${operation} ${outcome}`)

const refused = { code: "ECONNREFUSED" }

test("a world goes to the fake and comes back unchanged, with line ends that only Unicode knows", async () => {
  const version = {
    id: "00000000-0000-4000-8000-000000000003",
    stages: ["AWSCURRENT"],
    string: "a\u2028b\u2029c",
  }
  const world = { ...defaultWorld, ...withSecret(defaultWorld, "shop/production", { versions: [version] }) }
  await using own = await startFakeAwsApart(world)
  expect(await own.world()).toEqual(world)
})

describe("a process with the environment of a role", () => {
  const paths: readonly [Identity["via"], readonly string[]][] = [
    ["static", []],
    ["web-identity", ["sts AssumeRoleWithWebIdentity ok"]],
    ["pod-identity", ["agent GetCredentials ok"]],
    ["container", ["agent GetContainerCredentials ok"]],
    ["instance", ["imds GetToken ok", "imds ListRoles ok", "imds GetRoleCredentials ok"]],
  ]

  test.each(paths)("acts as that role by %s, and by nothing else", async (via, before) => {
    await aws.clearRequests()
    expect(await probe({ via })).toBe(appKey)
    expect(await operations()).toEqual([...before, "kms DescribeKey ok"])
    expect((await aws.requests()).at(-1)?.principal).toBe(roleArn("app"))
  })

  test("is in the Region that was asked for", async () => {
    const answer = await probe({ region: "us-east-1" })
    expect(answer).toBe("NotFoundException: Invalid arn eu-west-1")
  })

  test.each(["static", "web-identity"] as const)("is refused by %s when that has expired", async (via) => {
    expect(await probe({ via, expired: true })).toMatch(/^ExpiredToken/)
  })

  test("is refused when the role is of another service account", async () => {
    const answer = await probe({ via: "web-identity", serviceAccount: "default/builder" })
    expect(answer).toBe("AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity")
  })

  test("finds its token file in the folder that was given", async () => {
    const own = mkdtempSync(join(folder, "own-"))
    environmentFor(aws, { via: "web-identity", role: roleArn("app"), folder: own })
    environmentFor(aws, { via: "pod-identity", role: "app", folder: own })
    expect(readdirSync(own).sort()).toEqual(["pod-identity-token", "web-identity-token"])
  })

  test("cannot have another role of the instance than it has", () => {
    expect(() => environmentFor(aws, { via: "instance", role: "builder", folder })).toThrow(
      "the instance has not",
    )
  })
})

describe("the world", () => {
  test("can be changed and read while it runs", async () => {
    await aws.setWorld(withKey(defaultWorld, appKey, { state: "Disabled" }))
    expect((await aws.world()).keys[0]?.state).toBe("Disabled")
    await aws.setWorld(withRole(defaultWorld, "app", { mechanisms: ["static"] }))
    expect(aws.roles[0]?.mechanisms).toEqual(["static"])
    await aws.setWorld(defaultWorld)
    expect(await aws.world()).toEqual(defaultWorld)
  })

  test("is not changed to one that cannot be", async () => {
    await expect(aws.setWorld(withKey(defaultWorld, appKey, { arn: "key/1" }))).rejects.toThrow(
      "no ARN of a key",
    )
    expect(await aws.world()).toEqual(defaultWorld)
  })

  test("that cannot be does not start", async () => {
    const world = { ...defaultWorld, buckets: [] } as World
    await expect(startFakeAws(world)).rejects.toThrow("unknown member buckets")
    await expect(startFakeAwsApart(world)).rejects.toThrow(
      /the fake AWS has ended: [\s\S]*unknown member buckets/,
    )
  })
})

describe("the server", () => {
  test("listens on a port of its own or on the one that was reserved", async () => {
    const port = await freePort()
    await using other = await startFakeAws(defaultWorld, { port })
    expect(other.url).toBe(`http://127.0.0.1:${port}`)
    expect(new URL(aws.url).port).not.toBe(String(port))
    expect((await send(other.url)).status).toBe(400)
  })

  test("does not start on a port that is taken", async () => {
    const port = Number(new URL(aws.url).port)
    await expect(startFakeAws(defaultWorld, { port })).rejects.toThrow("EADDRINUSE")
  })

  test("with a delay is not there before it", async () => {
    const port = await freePort()
    await using late = await startFakeAws(defaultWorld, { port, delayMs: 600_000 })
    await expect(send(late.url)).rejects.toMatchObject(refused)
    await late.setWorld(defaultWorld)
  })

  test("with a delay is there after it", async () => {
    const port = await freePort()
    await using late = await startFakeAws(defaultWorld, { port, delayMs: 50 })
    await late.listening
    expect((await send(late.url)).status).toBe(400)
  })

  test("with a delay tells when the port was taken meanwhile", async () => {
    const port = Number(new URL(aws.url).port)
    await using late = await startFakeAws(defaultWorld, { port, delayMs: 1 })
    await expect(late.listening).rejects.toThrow("EADDRINUSE")
  })

  test("with a delay needs a port", async () => {
    await expect(startFakeAws(defaultWorld, { delayMs: 1 })).rejects.toThrow("a delay needs a port")
  })

  test("is gone after stop, also with a request that hangs", async () => {
    const other = await startFakeAws()
    await other.fail({ with: "hang" })
    const hanging = expect(send(other.url)).rejects.toMatchObject({ code: "ECONNRESET" })
    while ((await other.requests()).length === 0) {}
    await other.stop()
    await hanging
    await expect(send(other.url)).rejects.toMatchObject(refused)
    await expect(other.requests()).rejects.toThrow("the fake AWS has ended")
    await other.stop()
  })

  test("logs requests until the log is cleared", async () => {
    await aws.clearRequests()
    await send(aws.url)
    await send(aws.url)
    expect(await operations()).toEqual(Array(2).fill("unknown GET / UnknownOperationException"))
    await aws.clearRequests()
    expect(await operations()).toEqual([])
  })
})
