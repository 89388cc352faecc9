import { rmSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { environmentFor, type FailureRule } from "../../fake/aws/client.ts"
import { roleArn, type World, withRole } from "../../fake/aws/world.ts"
import type { Run } from "../harness.ts"
import { dotenv, openArgs, type Production, sealProduction, startProduction } from "./production.ts"

let production: Production
let world: World
beforeAll(async () => {
  production = await startProduction((before) => ({
    ...before,
    ...withRole(before, "pod", {
      mechanisms: ["static", "web-identity", "pod-identity", "container", "instance"],
    }),
  }))
  world = await production.aws.world()
})
afterAll(() => production.aws.stop())
beforeEach(async () => {
  await production.aws.clearFailures()
  await production.aws.setWorld(world)
  await sealProduction(production)
})

type Variables = Readonly<Record<string, string>>

function open(env: Variables, ...more: readonly string[]): Promise<Run> {
  return production.box.envseal([...openArgs, ...more], { env })
}

async function asked(service: string): Promise<number> {
  return (await production.aws.requests()).filter((request) => request.service === service).length
}

/** The variables of no mechanism, with the fake's address. */
function nobody(): Record<string, string> {
  const { AWS_EC2_METADATA_SERVICE_ENDPOINT: _, ...env } = environmentFor(production.aws, {
    via: "instance",
    role: "pod",
    folder: production.box.folder,
  })
  return env
}

describe("each mechanism", () => {
  test.each([
    ["static", "static", [], 0, 0],
    ["web identity", "web-identity", [], 1, 0],
    ["Pod Identity's agent", "pod-identity", [], 0, 1],
    ["a container's agent", "container", [], 0, 1],
    ["the instance's role, when it is allowed", "instance", ["--allow-instance-role"], 0, 0],
  ] as const)("by %s opens, with one request to KMS", async (_, via, more, sts, agent) => {
    const run = await open(production.as("pod", via), ...more)
    expect(run).toEqual({ status: 0, signal: null, stdout: dotenv, stderr: "" })
    expect({ kms: await asked("kms"), sts: await asked("sts"), agent: await asked("agent") }).toEqual({
      kms: 1,
      sts,
      agent,
    })
  })

  test.each([
    [
      "an access key in it",
      "[default]\naws_access_key_id = AKID\naws_secret_access_key = SECRET\naws_session_token = TOKEN\n",
    ],
    ["a program that prints it", "[default]\ncredential_process = sh print-key.sh\n"],
  ])("by a profile with %s opens", async (_, config) => {
    const { box } = production
    const key = production.as("pod", "static")
    const [id = "", secret = "", token = ""] = [
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
    ].map((name) => key[name] ?? "")
    const printed = { Version: 1, AccessKeyId: id, SecretAccessKey: secret, SessionToken: token }
    writeFileSync(box.path("print-key.sh"), `cat <<'END'\n${JSON.stringify(printed)}\nEND\n`)
    writeFileSync(
      box.path("config"),
      config.replace("AKID", id).replace("SECRET", secret).replace("TOKEN", token),
    )
    const run = await open({ ...nobody(), AWS_CONFIG_FILE: box.path("config") })
    expect(run).toEqual({ status: 0, signal: null, stdout: dotenv, stderr: "" })
  })
})

describe("a profile that gives none", () => {
  const rejected = (message: string) =>
    `envseal: error: no credentials from profile test: ${message} [NO_CREDENTIALS]\n`

  async function openAs(settings: string): Promise<Run> {
    const { box } = production
    writeFileSync(box.path("config"), `[profile test]\n${settings}\n`)
    return open({ ...nobody(), AWS_CONFIG_FILE: box.path("config"), AWS_PROFILE: "test" })
  }

  test("because its program fails is told without the program's arguments and output", async () => {
    const run = await openAs(`credential_process = sh -c "echo hunter2 >&2; exit 3" --password hunter2`)
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain(rejected("its credential_process failed"))
    expect(run.stderr).not.toContain("hunter2")
  })

  const role = `role_arn = ${roleArn("pod")}\nsource_profile = test\naws_access_key_id = A\naws_secret_access_key = B`
  test.each([
    ["it is empty", "", "aws sts get-caller-identity --profile test"],
    ["it needs a code", `${role}\nmfa_serial = arn:aws:iam::111122223333:mfa/me`, "get a session with one"],
    [
      "nobody has logged in",
      "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = x\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start",
      "aws sso login --profile test",
    ],
  ])("because %s gets the hint for that", async (_, settings, hint) => {
    const run = await openAs(settings)
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[NO_CREDENTIALS]")
    expect(run.stderr).toContain(hint)
  })

  test("because its role does not trust it, is told so", async () => {
    const denied = { status: 403, code: "AccessDenied", message: "not authorized to perform: sts:AssumeRole" }
    await production.aws.fail({ service: "sts", with: denied })
    const run = await openAs(role)
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[ACCESS_DENIED]")
    expect(run.stderr).toContain("the role of the profile must trust")
  })

  test("because it has a Region only does not stand before the instance's role", async () => {
    const { box, as } = production
    writeFileSync(box.path("config"), "[default]\nregion = eu-west-1\n")
    const env = { ...as("pod", "instance"), AWS_CONFIG_FILE: box.path("config") }
    expect(await open(env, "--allow-instance-role")).toMatchObject({ status: 0, stdout: dotenv })
    expect((await open(env)).stderr).toContain("there are no AWS credentials")
  })
})

describe("of several mechanisms", () => {
  test("the access key in the environment goes first, then web identity, then the container", async () => {
    const [fixed, web, container] = (["static", "web-identity", "pod-identity"] as const).map((via) =>
      production.as("pod", via),
    )
    await open({ ...container, ...web, ...fixed })
    expect([await asked("sts"), await asked("agent")]).toEqual([0, 0])
    await open({ ...container, ...web })
    expect([await asked("sts"), await asked("agent")]).toEqual([1, 0])
  })

  test("a profile that another one goes before is told of", async () => {
    const run = await open({ ...production.as("pod", "static"), AWS_PROFILE: "team" })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    expect(run.stderr).toContain("AWS_PROFILE is set, and the access key in the environment")
  })

  test("an empty access key, as in Laravel's .env, is none", async () => {
    const run = await open({ ...production.as("pod"), AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
  })

  test("one that fails is not replaced by the next", async () => {
    await production.aws.fail({ service: "sts", with: { status: 403, code: "AccessDenied", message: "no" } })
    const run = await open({
      ...production.as("pod", "pod-identity"),
      ...production.as("pod", "web-identity"),
    })
    expect(run.status).toBe(5)
    expect(run.stderr).toContain("web identity")
    expect([await asked("agent"), await asked("kms")]).toEqual([0, 0])
  })
})

describe("without credentials", () => {
  test("open ends at once, and says what it looked for; the node's role is not touched", async () => {
    const run = await open({ ...nobody(), AWS_EC2_METADATA_SERVICE_ENDPOINT: production.aws.url })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[NO_CREDENTIALS]")
    expect(run.stderr).toContain("--allow-instance-role")
    expect(await asked("imds")).toBe(0)
  })

  test("an access key without its secret is pointed at", async () => {
    const run = await open({ ...nobody(), AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" })
    expect(run.status).toBe(5)
    expect(run.stderr).toContain("AWS_SECRET_ACCESS_KEY is not")
    expect(run.stderr).not.toContain("AKIA")
  })

  test.each([
    ["is refused", { AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1" }, "the instance's role"],
    ["is switched off", { AWS_EC2_METADATA_DISABLED: "true" }, "there are no AWS credentials"],
  ])("and instance metadata that %s, open ends at once", async (_, env, what) => {
    const run = await open({ ...nobody(), ...env }, "--allow-instance-role")
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[NO_CREDENTIALS]")
    expect(run.stderr).toContain(what)
  })

  test("and instance metadata that never answers, open ends by itself within the deadline", async () => {
    await production.aws.fail({ service: "imds", with: "hang" })
    const run = await open(production.as("pod", "instance"), "--allow-instance-role", "--timeout", "60s")
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("the instance's role")
  })
})

describe("credentials that are refused", () => {
  const denied = {
    status: 403,
    code: "AccessDeniedException",
    message: "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
  }
  const denials: readonly (readonly [
    string,
    FailureRule,
    "pod-identity" | "web-identity",
    readonly string[],
  ])[] = [
    [
      "by the agent",
      { service: "agent", with: denied },
      "pod-identity",
      ["the EKS Pod Identity agent at http://127.0.0.1:", "EKS does not have permissions", "403"],
    ],
    [
      "by STS",
      {
        service: "sts",
        with: {
          status: 403,
          code: "AccessDenied",
          message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        },
      },
      "web-identity",
      ["web identity", roleArn("pod"), "Not authorized to perform", "trust policy"],
    ],
  ]

  test.each(denials)(
    "%s end with ACCESS_DENIED after one request, and tell what was answered",
    async (_, rule, via, parts) => {
      await production.aws.fail(rule)
      const run = await open(production.as("pod", via))
      expect(run).toMatchObject({ status: 5, stdout: "" })
      expect(run.stderr).toContain("[ACCESS_DENIED]")
      for (const part of parts) expect(run.stderr).toContain(part)
      expect([await asked("sts"), await asked("agent"), await asked("kms")].sort()).toEqual([0, 0, 1])
    },
  )

  test.each([
    ["the token has expired", { expired: true }, {}, "ExpiredToken"],
    [
      "the service account is another one",
      { serviceAccount: "default/other" },
      {},
      "AssumeRoleWithWebIdentity",
    ],
    ["IAM does not know the cluster", {}, { oidcProvider: false }, "InvalidIdentityToken"],
  ])("because %s end with 5, and name web identity and the role", async (_, identity, cluster, what) => {
    const { aws, box } = production
    await aws.setWorld({ cluster: { ...world.cluster, ...cluster } })
    const run = await open(
      environmentFor(aws, { via: "web-identity", role: "pod", folder: box.folder, ...identity }),
    )
    expect(run).toMatchObject({ status: 5, stdout: "" })
    for (const part of [what, "web identity", roleArn("pod")]) expect(run.stderr).toContain(part)
    expect([await asked("sts"), await asked("kms")]).toEqual([1, 0])
  })

  test.each([
    ["have expired", { expired: true }, "ExpiredTokenException"],
    ["are of no key", {}, "UnrecognizedClientException"],
  ])("because they %s end with CREDENTIALS_REFUSED after one request", async (_, identity, what) => {
    const { aws, box } = production
    const env = environmentFor(aws, { via: "static", role: "pod", folder: box.folder, ...identity })
    const unknown = what.startsWith("Unrecognized") ? { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" } : {}
    const run = await open({ ...env, ...unknown })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[CREDENTIALS_REFUSED]")
    expect(run.stderr).toContain(what)
    expect(run.stderr).toContain("AWS_ACCESS_KEY_ID")
    expect(await asked("kms")).toBe(1)
  })

  test.each(["web-identity", "pod-identity"] as const)(
    "because the token's file of %s is not there, are told so",
    async (via) => {
      const env = production.as("pod", via)
      rmSync(production.box.path(`${via}-token`))
      const run = await open(env)
      expect(run).toMatchObject({ status: 5, stdout: "" })
      expect(run.stderr).toContain("token file cannot be read (ENOENT)")
    },
  )

  test.each(["http://example.com/credentials", "http://me:hunter2@10.0.0.1/x", "not a URL"])(
    "are not fetched from %s",
    async (url) => {
      const run = await open({ ...production.as("pod"), AWS_CONTAINER_CREDENTIALS_FULL_URI: url })
      expect(run).toMatchObject({ status: 5, stdout: "" })
      expect(run.stderr).toContain("AWS_CONTAINER_CREDENTIALS_FULL_URI is no address")
      expect(run.stderr).toContain("[NO_CREDENTIALS]")
      expect(run.stderr).not.toContain("hunter2")
      expect(await asked("kms")).toBe(0)
    },
  )
})
