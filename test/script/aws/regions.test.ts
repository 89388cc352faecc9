import { readFileSync, writeFileSync } from "node:fs"
import { armor } from "age-encryption"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { defaultKeyPolicy, keyArn } from "../../fake/aws/world.ts"
import { identity, recipient } from "../harness.ts"
import { context, foreignKey, type Production, startProduction } from "./production.ts"

const mrk = "mrk-1234abcd12ab34cd56ef1234567890ab"
const far = keyArn("88888888-12ab-34cd-56ef-1234567890ab", "eu-central-1")

let production: Production
beforeAll(async () => {
  production = await startProduction((world) => ({
    ...world,
    keys: [
      ...world.keys,
      { arn: keyArn(mrk), aliases: ["alias/everywhere"], policy: defaultKeyPolicy },
      { arn: keyArn(mrk, "eu-central-1"), policy: defaultKeyPolicy },
      { arn: far, policy: defaultKeyPolicy },
    ],
  }))
  writeFileSync(production.box.path("key.txt"), identity)
})
afterAll(() => production.aws.stop())
afterEach(async () => {
  await production.aws.clearFailures()
})

function admin(region = "eu-west-1"): Record<string, string> {
  return { ...production.as("admin"), AWS_REGION: region }
}

async function seal(out: string, ...recipients: readonly string[]): Promise<void> {
  const args = [
    "seal",
    "-q",
    "-f",
    "-",
    "-c",
    context,
    "-o",
    out,
    ...recipients.flatMap((text) => ["-r", text]),
  ]
  const run = await production.box.envseal(args, { env: admin(), stdin: '{"A":"1"}' })
  if (run.status !== 0) throw new Error(run.stderr)
  await production.aws.clearRequests()
}

async function decrypts(): Promise<(string | null | undefined)[]> {
  const requests = await production.aws.requests()
  return requests
    .filter(({ operation }) => operation === "Decrypt")
    .map(({ keyId, outcome }) => `${keyId} ${outcome}`)
}

const openArgs = (file: string, ...pins: readonly string[]) => [
  "open",
  "--stdout",
  "--expect",
  context,
  "--in",
  file,
  ...pins.flatMap((pin) => ["--kms-key", pin]),
]

describe("a multi-Region key", () => {
  test.each(["eu-west-1", "eu-central-1"])(
    "opens in %s by the replica there, whichever replica is pinned",
    async (region) => {
      await seal("everywhere.sealed", "aws-kms:alias/everywhere")
      const run = await production.box.envseal(openArgs("everywhere.sealed", keyArn(mrk)), {
        env: admin(region),
      })
      expect(run).toMatchObject({ status: 0, stdout: "A=1\n", stderr: "" })
      expect(await decrypts()).toEqual([`${keyArn(mrk, region)} ok`])
    },
  )

  test("that has no replica in the Region of the pod is told so", async () => {
    await seal("everywhere.sealed", "aws-kms:alias/everywhere")
    const run = await production.box.envseal(openArgs("everywhere.sealed", keyArn(mrk)), {
      env: admin("us-east-1"),
    })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("replica")
  })
})

describe("an envelope for a key in each of two Regions", () => {
  beforeAll(() => seal("both.sealed", `aws-kms:${far}`, `aws-kms:${foreignKey}`))
  beforeEach(() => production.aws.clearRequests())

  test.each([
    ["eu-west-1", foreignKey],
    ["eu-central-1", far],
  ])("opens in %s by the key there, with one request", async (region, arn) => {
    const run = await production.box.envseal(openArgs("both.sealed", far, foreignKey), { env: admin(region) })
    expect(run).toMatchObject({ status: 0, stdout: "A=1\n", stderr: "" })
    expect(await decrypts()).toEqual([`${arn} ok`])
  })

  test("opens by the other one when the first is denied", async () => {
    const denial = { status: 400, code: "AccessDeniedException", message: "no" }
    await production.aws.fail({ service: "kms", times: 1, with: denial })
    const run = await production.box.envseal(openArgs("both.sealed", far, foreignKey), { env: admin() })
    expect(run).toMatchObject({ status: 0, stdout: "A=1\n" })
  })

  test.each(["unavailable", "hang", "drip"] as const)(
    "opens by the other one within the deadline when the own Region is in trouble: %s",
    async (failure) => {
      await production.aws.fail({ service: "kms", region: "eu-west-1", with: failure })
      const args = [...openArgs("both.sealed", far, foreignKey), "--timeout", "20s"]
      const run = await production.box.envseal(args, { env: admin() })
      expect(run).toMatchObject({ status: 0, stdout: "A=1\n" })
      expect((await decrypts()).at(-1)).toBe(`${far} ok`)
    },
  )

  test("tells both failures when neither opens", async () => {
    const denial = { status: 400, code: "AccessDeniedException", message: "no" }
    await production.aws.fail({ service: "kms", with: denial })
    const run = await production.box.envseal(openArgs("both.sealed", far, foreignKey), { env: admin() })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    for (const part of [far, foreignKey, "no key opens both.sealed"]) expect(run.stderr).toContain(part)
  })
})

test("sealing for two keys, the one that is done first does not cut off the other", async () => {
  await production.aws.fail({ service: "kms", operation: "Encrypt", times: 1, with: "hang" })
  const recipients = ["-r", `aws-kms:${far}`, "-r", `aws-kms:${foreignKey}`]
  const args = ["seal", "-f", "-", "-c", context, "-o", "two.sealed", ...recipients]
  const run = await production.box.envseal(args, { env: admin(), stdin: '{"A":"1"}', keepsLate: true })
  expect(run.status).toBe(0)
  expect(run.stderr).toContain("no answer in time; trying again")
})

describe("an envelope whose context stanza was changed by one byte, to what the caller expects", () => {
  const expected = context.replace("production", "productiom")
  beforeAll(async () => {
    await seal("whole.sealed", `aws-kms:${foreignKey}`, recipient)
    const file = Buffer.from(
      armor.decode(readFileSync(production.box.path("whole.sealed"), "utf8")),
    ).toString("latin1")
    const [, body = ""] = /-> envseal\/context v1\n([\s\S]*?)\n(?=->)/.exec(file) ?? []
    const claims = Buffer.from(body.replaceAll("\n", ""), "base64")
      .toString()
      .replace("production", "productiom")
    const lines =
      Buffer.from(claims)
        .toString("base64")
        .replace(/=+$/, "")
        .match(/.{1,64}/g) ?? []
    const changed = file.replace(body, lines.join("\n"))
    if (changed === file) throw new Error("nothing was changed")
    writeFileSync(production.box.path("changed.sealed"), Buffer.from(changed, "latin1"))
  })
  beforeEach(() => production.aws.clearRequests())

  const args = ["open", "--stdout", "--in", "changed.sealed", "--expect", expected]

  test("fails at KMS, which binds the context", async () => {
    const run = await production.box.envseal([...args, "--kms-key", foreignKey], { env: admin() })
    expect(run).toMatchObject({ status: 6, stdout: "" })
    expect(run.stderr).toContain("changed.sealed was altered: KMS cannot decrypt the file key")
    expect(await decrypts()).toEqual([`${foreignKey} InvalidCiphertextException`])
  })

  test("fails at the MAC with an age identity, and KMS is not asked", async () => {
    const run = await production.box.envseal([...args, "-i", "key.txt"], { env: admin() })
    expect(run).toMatchObject({ status: 6, stdout: "" })
    expect(run.stderr).toContain("does not match its MAC")
    expect(await decrypts()).toEqual([])
  })
})
