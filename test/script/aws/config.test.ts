import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { parseConfig } from "../../../src/config/load.ts"
import { roleArn } from "../../fake/aws/world.ts"
import { sandbox } from "../harness.ts"
import { dotenv, key, type Production, printedPolicy, startProduction } from "./production.ts"

const root = join(import.meta.dirname, "../../..")
const example = readFileSync(join(root, "docker/app/envseal.yaml"), "utf8")

let production: Production
beforeAll(async () => {
  production = await startProduction()
  cpSync(join(root, "docker/app/envseal.yaml"), production.box.path("envseal.yaml"))
  writeFileSync(production.box.path(".env.example"), "APP_KEY=\nDB_PASSWORD=\n")
})
afterAll(() => production.aws.stop())
beforeEach(() => production.aws.clearRequests())

describe("with the envseal.yaml of the example", () => {
  test("envseal seal alone is all that a build says, and envseal open what a laptop says", async () => {
    const { aws, box, as } = production
    const build = { ...as("build", "container"), ENVSEAL_ENVIRONMENT: "production" }
    expect(await box.envseal(["seal"], { env: build })).toMatchObject({ status: 0 })
    const calls = (await aws.requests()).filter(({ service }) => service !== "agent")
    expect(calls).toMatchObject([
      { operation: "GetSecretValue", outcome: "ok" },
      { operation: "Encrypt", encryptionContext: { app: "shop", environment: "production" } },
    ])
    const opened = await box.envseal(["open", "-e", "production", "--stdout"], { env: as("pod") })
    // Nothing is warned of: the context is expected, and the key is pinned.
    expect(opened).toMatchObject({ status: 0, stdout: dotenv, stderr: "" })
  })

  test("a build cannot seal another environment than its role's", async () => {
    const { box, as } = production
    const env = { ...as("build"), ENVSEAL_ENVIRONMENT: "staging" }
    const run = await box.envseal(["seal", "-o", "staging.sealed"], { env })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[ACCESS_DENIED]")
    expect(box.list()).not.toContain("staging.sealed")
  })

  test("the Region of the environment goes before that of the machine", async () => {
    const { aws, box, as } = production
    const env = { ...as("build"), AWS_REGION: "us-east-1", ENVSEAL_ENVIRONMENT: "production" }
    expect(await box.envseal(["seal", "-o", "region.sealed"], { env })).toMatchObject({ status: 0 })
    const regions = (await aws.requests()).flatMap(({ service, region }) =>
      service === "agent" ? [] : [region],
    )
    expect(new Set(regions)).toEqual(new Set(["eu-west-1"]))
  })

  test("the policies that it gives are those that are written with ARNs", async () => {
    const { box } = production
    const common = ["-c", "app=shop", "--kms-key", key]
    expect(await printedPolicy(box, "pod", "-e", "production")).toEqual(
      await printedPolicy(sandbox(), "pod", "-e", "production", ...common),
    )
    const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production"
    const repository = "arn:aws:ecr:eu-west-1:111122223333:repository/shop"
    const ofBuild = ["--secret", secret, "--repository", repository]
    expect(await printedPolicy(box, "build", "-e", "production")).toEqual(
      await printedPolicy(sandbox(), "build", "-e", "production", ...common, ...ofBuild),
    )
    const roles = ["--build-role", roleArn("build"), "--pod-role", roleArn("pod")]
    expect(await printedPolicy(box, "key", "-e", "production", ...roles)).toEqual(
      await printedPolicy(sandbox(), "key", "-e", "production", ...common, ...roles),
    )
  })

  test("its workloads are those of the example's manifests", () => {
    const { environments } = parseConfig(example, "envseal.yaml")
    const manifests = ["web", "worker", "schedule"].map((name) =>
      readFileSync(join(root, `docker/kubernetes/${name}.yaml`), "utf8"),
    )
    const named = manifests.map((text) => {
      const [, kind, name] = /^kind: (\w+)\nmetadata:\n {2}name: (\S+)$/m.exec(text) ?? []
      // nginx has its files from the app's image, by a container that opens nothing.
      const withoutOpen = text.includes("- name: public\n") ? ["public"] : []
      return { kind, name, containers: null, initContainers: null, withoutOpen }
    })
    const { workloads, cluster } = environments.get("production") ?? {}
    expect(workloads).toEqual(named)
    for (const text of manifests) expect(text).toContain(`\n  namespace: ${cluster?.namespace}\n`)
  })
})

describe("the profile of an environment", () => {
  const settings = example.replace(
    "    secret: shop/production\n",
    "    secret: shop/production\n    profile: laptop\n",
  )
  const config = (role: string) => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = production.as(role, "static")
    return `[profile laptop]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\naws_session_token = ${AWS_SESSION_TOKEN}\n`
  }

  test("is used where nothing else gives credentials, and says nothing where something does", async () => {
    const { box, as, aws } = production
    writeFileSync(box.path("profile.yaml"), settings)
    writeFileSync(box.path("aws-config"), config("build"))
    const args = ["seal", "-e", "production", "--config", "profile.yaml", "-o", "profile.sealed"]
    const container = { ...as("build"), AWS_CONFIG_FILE: box.path("aws-config") }
    const laptop = Object.fromEntries(
      Object.entries(container).filter(([name]) => !name.startsWith("AWS_CONTAINER_")),
    )
    const run = await box.envseal(args, { env: laptop })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    expect((await aws.requests()).some(({ service }) => service === "agent")).toBe(false)
    const inBuild = await box.envseal(args, { env: container })
    expect(inBuild).toMatchObject({ status: 0 })
    expect(inBuild.stderr).not.toContain("AWS_PROFILE")
    expect((await aws.requests()).some(({ service }) => service === "agent")).toBe(true)
  })

  test("does not become a variable of the command that open starts", async () => {
    const { box, as } = production
    writeFileSync(box.path("profile.yaml"), settings)
    const build = { ...as("build"), ENVSEAL_ENVIRONMENT: "production" }
    await box.envseal(["seal", "-q", "-o", "child.sealed"], { env: build })
    const run = await box.envseal(
      ["open", "-e", "production", "--config", "profile.yaml", "--in", "child.sealed", "--env", "--", "env"],
      { env: as("pod") },
    )
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain("APP_KEY=base64:abc=")
    expect(run.stdout).not.toContain("AWS_PROFILE")
  })
})
