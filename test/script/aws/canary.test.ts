import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import type { FailureRule } from "../../fake/aws/client.ts"
import { type World, withKey, withSecret } from "../../fake/aws/world.ts"
import { fileKeySpellings } from "../file-key.ts"
import { identity, recipient } from "../harness.ts"
import { key, openArgs, type Production, sealArgs, startProduction } from "./production.ts"

let production: Production
let world: World
beforeAll(async () => {
  production = await startProduction()
  world = await production.aws.world()
  const { box, as } = production
  // Also for an identity of the tests, which can then tell the file key.
  expect((await box.envseal([...sealed, "-q"], { env: as("build") })).status).toBe(0)
  envelope = readFileSync(box.path(".env.sealed"))
  fileKeys = await fileKeySpellings(envelope)
})
afterAll(() => production.aws.stop())
beforeEach(async () => {
  await production.aws.clearFailures()
  await production.aws.setWorld(world)
  writeFileSync(production.box.path(".env.sealed"), envelope)
  await production.aws.clearRequests()
})

const sealed = [...sealArgs, "-r", recipient]
let envelope: Uint8Array
let fileKeys: readonly string[] = []

/** Values, file keys, identities, credentials and tokens, as they are and as they travel. */
function needles(env: Readonly<Record<string, string>>): string[] {
  const { box } = production
  const tokens = readdirSync(box.folder)
    .filter((name) => name.endsWith("-token"))
    .map((name) => readFileSync(box.path(name), "utf8"))
  const fixed = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(
    (name) => env[name] ?? "",
  )
  const values = ["it's $5", "base64:abc=", "hunter2-canary"]
  const blob = /-----\n([\s\S]+?)\n-----/.exec(readFileSync(box.path(".env.sealed"), "utf8"))?.[1] ?? ""
  const body = Buffer.from(blob, "base64").toString("latin1")
  const ciphertext = /-> envseal\/aws-kms \S+\n(\S+)\n/.exec(body)?.[1] ?? ""
  return [
    ...values,
    ...tokens.flatMap((token) => [token, token.split(".").at(-1) ?? ""]),
    ...fixed,
    ciphertext,
    identity,
    ...fileKeys,
  ].filter((text) => text !== "")
}

/** What looks like a credential, of anybody: an access key, a signature, a long token. */
const shapes = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{8,}/,
  /\b[0-9a-f]{64}\b/,
  /\bey[A-Za-z0-9_-]{20,}\./,
  /Signature=[0-9a-f]/,
  /[A-Za-z0-9+/]{100,}/,
]

const services = ["kms", "secretsmanager", "sts", "agent"] as const
const kinds = ["echo", "throttle", "unavailable", "reset", "garbage", { skewMinutes: 90 }] as const
const rules: readonly (readonly [string, FailureRule | null])[] = [
  ["nothing fails", null],
  ...services.flatMap((service) =>
    kinds.map((failure) => [`${service}: ${JSON.stringify(failure)}`, { service, with: failure }] as const),
  ),
]

const roles = ["pod", "build", "staging-pod"] as const

async function check(title: string, via: "pod-identity" | "web-identity" | "static"): Promise<void> {
  const { box, as } = production
  for (const role of title === "nothing fails" ? roles : roles.slice(0, 2)) {
    const env = as(role, via)
    const args = role === "build" ? [...sealed, "-o", "out"] : openArgs.slice(0, -1)
    const more = role === "build" ? [] : ["-o", "out.env"]
    const run = await box.envseal([...args, ...more, "--debug", "--timeout", "1500ms"], { env })
    const text = run.stdout + run.stderr
    const own =
      run.status === 0 && role === "build" ? await fileKeySpellings(readFileSync(box.path("out"))) : []
    const found = [...needles(env), ...own].filter((needle) => text.includes(needle))
    const shaped = shapes.filter((shape) => shape.test(text)).map(String)
    expect({ title, role, via, found, shaped, bug: text.includes("[BUG]") }).toEqual({
      title,
      role,
      via,
      found: [],
      shaped: [],
      bug: false,
    })
  }
}

const vias = ["pod-identity", "web-identity", "static"] as const
const relevant: Readonly<Record<string, readonly (typeof vias)[number][]>> = {
  kms: ["pod-identity", "static"],
  secretsmanager: ["web-identity"],
  sts: ["web-identity"],
  agent: ["pod-identity"],
}

test.each(rules)(
  "no value, file key, credential, token or signature is shown when %s",
  async (title, rule) => {
    if (rule !== null) await production.aws.fail(rule)
    for (const via of rule?.service === undefined ? vias : (relevant[rule.service] ?? []))
      await check(title, via)
  },
)

test("no value is shown when the secret, the key or the envelope is at fault", async () => {
  const { aws, box, as } = production
  const versions = (string: string) => [
    { id: "00000000-0000-4000-8000-000000000005", stages: ["AWSCURRENT"], string },
  ]
  const parts: Partial<World>[] = [
    withSecret(world, "shop/production", { versions: versions("hunter2-canary") }),
    withSecret(world, "shop/production", { versions: versions('{"PATH":"hunter2-canary"}') }),
    withKey(world, key, { state: "Disabled" }),
  ]
  for (const part of parts) {
    await aws.setWorld({ ...world, ...part })
    for (const [role, args] of [
      ["build", [...sealArgs, "-o", "out"]],
      ["pod", openArgs.slice(0, -1)],
    ] as const) {
      const run = await box.envseal([...args, "--debug"], { env: as(role) })
      expect(run.stdout + run.stderr).not.toContain("hunter2")
    }
  }
})
