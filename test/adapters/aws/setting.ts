import { Credentials } from "../../../src/adapters/aws/credentials.ts"
import type { AwsSettings } from "../../../src/adapters/aws/settings.ts"
import { makePolicy } from "../../../src/setup/core/policy.ts"
import { type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { shopCluster, shopProject } from "../../fake/aws/deploy-world.ts"
import { endpointsOf, environmentFor } from "../../fake/aws/environment.ts"
import { projectArn } from "../../fake/aws/project.ts"
import { repositoryArn } from "../../fake/aws/repository.ts"
import { account, defaultWorld, region, type World } from "../../fake/aws/world.ts"

export const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:shop/production-AbCdEf`

/** The policy that `envseal policy deployer` prints, so that it is proven to be enough. */
const policy = makePolicy("deployer", {
  context: {},
  kmsKeys: [],
  secrets: [secretArn],
  secretKeys: [],
  project: projectArn("shop", region, account),
  repository: repositoryArn("shop", region, account),
  cluster: `arn:aws:eks:${region}:${account}:cluster/shop`,
  buildRole: null,
  podRole: null,
})

/** Of the form of a certificate. */
export const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"

/** A deployer who may do what the printed policy allows, and the app's project, repository and cluster. */
export const world: World = {
  ...defaultWorld,
  buildClock: { stepSeconds: 5 },
  roles: [
    { name: "deployer", policies: [policy], mechanisms: ["static", "container"] },
    { name: "nobody", policies: [], mechanisms: ["static"] },
  ],
  projects: [shopProject()],
  repositories: [{ name: "shop", images: [] }],
  eksClusters: [shopCluster("https://127.0.0.1:6443", Buffer.from(pem).toString("base64"))],
}

/** What an adapter is made with, and what it says on the way. */
export interface Setting {
  readonly settings: AwsSettings
  readonly credentials: Credentials
  readonly said: readonly string[]
}

/** Settings of a process that acts as a role. A client looks for the fake's address in the process itself. */
export function settingFor(
  aws: FakeAws,
  role = "deployer",
  part: Partial<AwsSettings> = {},
  nowMs = Date.now,
): Setting {
  const said: string[] = []
  const settings: AwsSettings = {
    environment: environmentFor(aws, { via: "static", role, folder: "/nonexistent" }),
    profile: null,
    region,
    allowInstanceRole: false,
    log: { warn: (text) => said.push(text), debug: (text) => said.push(text) },
    activity: { begin: () => undefined, failed: () => undefined },
    remainingMs: () => 10_000,
    ...part,
  }
  return { settings, credentials: new Credentials(settings, nowMs), said }
}

/** Starts a fake AWS, and sends the clients of this process there and nowhere else. */
export async function startAws(part: Partial<World> = {}): Promise<FakeAws> {
  const aws = await startFakeAws({ ...world, ...part })
  Object.assign(process.env, endpointsOf(aws.url), {
    AWS_CONFIG_FILE: "/nonexistent/config",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  })
  return aws
}

/** What was asked since the last `clearRequests`, such as `codebuild:StartBuild`. */
export async function asked(aws: FakeAws): Promise<readonly string[]> {
  return (await aws.requests()).map(({ service, operation }) => `${service}:${operation}`)
}
