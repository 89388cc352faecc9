import { writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import { account, defaultWorld, type Mechanism, roleArn } from "../../fake/aws/world.ts"
import { context, type Sandbox, sandbox } from "../harness.ts"

const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
}
const mechanisms: readonly Mechanism[] = ["static", "web-identity", "container"]
const roles = ["chosen", "laptop"].map((name) => ({ name, policies: [everything], mechanisms }))

/** One command for each way into the wiring, as far as it goes without a cluster. */
const commands: readonly (readonly string[])[] = [
  ["check", "-e", "production"],
  ["open", "-e", "production", "--stdout"],
  ["deploy", "production"],
  ["status", "production"],
  ["doctor", "production", "--as", "deployer"],
  ["doctor", "production", "--as", "build"],
  ["env", "add", "qa", "--create-secret"],
]

const settings = `version: 1
app: shop
environments:
  production:
    account: "${account}"
    region: eu-west-1
    profile: laptop
    secret: shop/production
    context: { app: shop, environment: test }
    recipients: [aws-kms:alias/envseal]
    build: { project: none, source: ${"a".repeat(40)} }
    image: { repository: ${shopRepository} }
    cluster: { eks: none, namespace: shop }
    workloads: [deployment/web]
`

let aws: FakeAws
let box: Sandbox
beforeAll(async () => {
  aws = await startFakeAws({ ...defaultWorld, roles })
  box = sandbox()
  writeFileSync(box.path("envseal.yaml"), settings)
  writeFileSync(box.path("aws-config"), profileText("laptop"))
  writeFileSync(box.path("both"), profileText("laptop", "chosen"))
  const args = ["seal", "-q", "-f", "aws-sm:shop/production", "-r", "aws-kms:alias/envseal", "-c", context]
  const run = await box.envseal(args, { env: as("static") })
  if (run.status !== 0) throw new Error(run.stderr)
})
afterAll(() => aws.stop())
beforeEach(async () => {
  writeFileSync(box.path("envseal.yaml"), settings)
  await aws.setWorld({ secrets: defaultWorld.secrets })
  await aws.clearRequests()
})

function as(via: Mechanism, role = "chosen"): Record<string, string> {
  return environmentFor(aws, { via, role, folder: box.folder })
}

/** The variables of a machine that has profiles, and nothing else that gives credentials. */
function machine(): Record<string, string> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: _, ...env } = as("container")
  return { ...env, AWS_CONFIG_FILE: box.path("aws-config") }
}

function profileText(...names: readonly string[]): string {
  const texts = names.map((name) => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = as("static", name)
    return `[profile ${name}]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\naws_session_token = ${AWS_SESSION_TOKEN}\n`
  })
  return texts.join("")
}

/** The roles by which AWS was asked for something. */
async function askedAs(): Promise<string[]> {
  const principals = (await aws.requests()).flatMap(({ principal }) => principal ?? [])
  return [...new Set(principals)]
}

describe.each(commands.map((line) => [line.join(" "), line] as const))(
  "envseal %s, for an environment with a profile",
  (_, line) => {
    test.each(mechanisms)("asks by what gives credentials in the environment: %s", async (via) => {
      const run = await box.envseal(line, { env: as(via) })
      expect(run.stdout + run.stderr).not.toMatch(/NO_CREDENTIALS|from profile laptop/)
      expect(await askedAs()).toEqual([roleArn("chosen")])
    })

    test("asks by the profile that AWS_PROFILE names", async () => {
      const env = { ...machine(), AWS_CONFIG_FILE: box.path("both"), AWS_PROFILE: "chosen" }
      await box.envseal(line, { env })
      expect(await askedAs()).toEqual([roleArn("chosen")])
    })

    test.each(mechanisms)("asks by the profile of --profile, whatever else gives them: %s", async (via) => {
      const env = { ...as(via, "laptop"), AWS_CONFIG_FILE: box.path("both") }
      await box.envseal([...line, "--profile", "chosen"], { env })
      expect(await askedAs()).toEqual([roleArn("chosen")])
    })

    test("asks by its profile where nothing else gives credentials", async () => {
      await box.envseal(line, { env: machine() })
      expect(await askedAs()).toEqual([roleArn("laptop")])
    })
  },
)
