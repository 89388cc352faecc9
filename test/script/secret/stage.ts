import { appendFileSync, writeFileSync } from "node:fs"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import {
  account,
  defaultWorld,
  type Role,
  region,
  type SecretVersion,
  withSecret,
} from "../../fake/aws/world.ts"
import { printedPolicy } from "../aws/production.ts"
import { type Run, type RunOptions, type Sandbox, sandbox } from "../harness.ts"

export const secretId = "shop/production"
export const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:${secretId}-AbCdEf`
export const first = "00000000-0000-4000-8000-000000000002"
export const previous = "00000000-0000-4000-8000-000000000001"

/** Parts of values, each of which would be found anywhere that it does not belong. */
export const canary = "hunter2-canary"

const settings = `version: 1
app: shop
environments:
  production:
    account: "${account}"
    region: ${region}
    secret: ${secretId}
  staging:
    account: "${account}"
    region: ${region}
    secret: shop/staging
`

export interface SecretStage {
  readonly aws: FakeAws
  readonly box: Sandbox
  /** `envseal secret` as a role, the editor's unless said otherwise. */
  secret(args: readonly string[], options?: RunOptions & { readonly role?: string }): Promise<Run>
  env(role?: string): Record<string, string>
  /** The current value, as the fake keeps it. */
  current(): Promise<Record<string, unknown>>
  versions(): Promise<readonly SecretVersion[]>
  reset(): Promise<void>
}

/** Two secrets, and roles with the policies that `envseal policy` prints for the editor and the deployer. */
export async function startSecretStage(): Promise<SecretStage> {
  const box = sandbox({ "envseal.yaml": settings })
  const role = (name: string, policy: Role["policies"][number]): Role => ({
    ...{ name, policies: [policy], mechanisms: ["static"] },
  })
  const project = `arn:aws:codebuild:${region}:${account}:project/shop`
  const staging = secretArn.replace(secretId, "shop/staging")
  const editor = await printedPolicy(sandbox(), "editor", "--secret", secretArn, "--secret", staging)
  const deployer = await printedPolicy(sandbox(), "deployer", "--project", project, "--secret", secretArn)
  const [production] = defaultWorld.secrets
  if (production === undefined) throw new Error("the world has no secret")
  const world = {
    ...defaultWorld,
    roles: [role("editor", editor), role("deployer", deployer), { ...role("nobody", editor), policies: [] }],
    secrets: [
      {
        ...production,
        versions: [
          {
            ...{ id: first, stages: ["AWSCURRENT"], createdAt: "2026-01-02T03:04:05.678Z" },
            string: `{"APP_KEY":"base64:${canary}-1=","PORT":5432}`,
          },
          {
            ...{ id: previous, stages: ["AWSPREVIOUS"], createdAt: "2026-01-01T03:04:05.678Z" },
            string: `{"APP_KEY":"base64:${canary}-0=","PORT":5432}`,
          },
        ],
      },
      { name: "shop/staging", arn: staging, versions: [] },
    ],
  }
  const aws = await startFakeAws(world)
  const versions = async () => {
    const { secrets } = await aws.world()
    return secrets.find(({ name }) => name === secretId)?.versions ?? []
  }
  const env = (name = "editor") => environmentFor(aws, { via: "static", role: name, folder: box.folder })
  return {
    aws,
    box,
    env,
    secret: (args, { role: name, ...options } = {}) =>
      box.envseal(["secret", ...args], { ...options, env: { ...env(name), ...options.env } }),
    versions,
    current: async () =>
      JSON.parse((await versions()).find(({ stages }) => stages.includes("AWSCURRENT"))?.string ?? "null"),
    reset: async () => {
      await aws.setWorld({ secrets: world.secrets })
      await aws.clearFailures()
      await aws.clearRequests()
      writeFileSync(box.path("envseal.yaml"), settings)
    },
  }
}

/** Adds lines to the settings of the last environment. */
export function addSettings({ box }: SecretStage, lines: string): void {
  appendFileSync(box.path("envseal.yaml"), lines)
}

/** The world with other versions of the production secret. */
export async function withVersions({ aws }: SecretStage, versions: readonly SecretVersion[]): Promise<void> {
  await aws.setWorld(withSecret(await aws.world(), secretId, { versions }))
}
