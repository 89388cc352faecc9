import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import {
  account,
  defaultWorld,
  type Mechanism,
  type Role,
  region,
  roleArn,
  type World,
} from "../../fake/aws/world.ts"
import { key } from "../../script/aws/world.ts"

const environment = "shop-production"

/** The role of a build, as `envseal init` names it. */
export const buildRole = `${environment}-build`
/** The role of a pod, likewise. */
export const podRole = `${environment}-pod`
/** Where its pods are. */
export const namespace = environment
/** The account's registry of images. */
export const ecr = `${account}.dkr.ecr.${region}.amazonaws.com`
/** The service account that has it. */
export const podAccount = `${environment}/shop`
/** Who deploys. */
export const deployerRole = "deployer"
export const project = environment
export const clusterName = "main"
/** The repository, as the project names it. */
export const sourceUrl = "https://github.com/example/shop.git"

/** The name of a secret of the app in its store, and its current version. */
export const secretName = "shop/production"

/** A build of the project stays in its phase `BUILD` until its maker ends it. */
const openPlay = {
  seconds: {
    ...{ QUEUED: 0, PROVISIONING: 0, DOWNLOAD_SOURCE: 0, INSTALL: 0, PRE_BUILD: 0 },
    ...{ BUILD: 1_000_000, POST_BUILD: 0, FINALIZING: 0 },
  },
}

/** The account before anything is set up: it has the cluster that `envseal init` is told of. */
export const emptyWorld: World = {
  ...defaultWorld,
  ...{ cluster: { ...defaultWorld.cluster, name: clusterName }, roles: [], keys: [], secrets: [] },
  ...{ projects: [], repositories: [], buildClock: { speed: 1 } },
}

/**
 * What the templates of `envseal init` add to the account: roles, key and project have the very policies that it has
 * written.
 *
 * @param source the app's repository, set up.
 */
export function chainWorld(source: string, secret: Readonly<Record<string, string>>): Partial<World> {
  const policy = (name: string): PolicyDocument =>
    JSON.parse(readFileSync(join(source, `envseal/production/policies/${name}.json`), "utf8"))
  const role = (name: string, mechanism: Mechanism, ...policies: readonly PolicyDocument[]): Role => ({
    ...{ name, policies, mechanisms: [mechanism] },
  })
  return {
    roles: [
      role(buildRole, "container", policy("build"), login),
      { ...role(podRole, "pod-identity", policy("pod")), serviceAccount: podAccount },
      role(deployerRole, "static", policy("deployer")),
    ],
    keys: [{ arn: key, aliases: ["alias/envseal-shop-production"], policy: policy("key") }],
    secrets: [
      {
        name: secretName,
        arn: `arn:aws:secretsmanager:${region}:${account}:secret:${secretName}-AbCdEf`,
        versions: [{ id: versionId(1), stages: ["AWSCURRENT"], string: JSON.stringify(secret) }],
      },
    ],
    projects: [
      {
        name: project,
        source: {
          type: "GITHUB",
          location: sourceUrl,
          buildspec: "buildspec.yaml",
        },
        environment: {
          privilegedMode: true,
          variables: { ENVSEAL_ENVIRONMENT: "production", VITE_APP_NAME: "Vite" },
        },
        serviceRole: roleArn(buildRole),
        plays: [openPlay],
      },
    ],
    repositories: [{ name: "shop", imageTagMutability: "IMMUTABLE", images: [] }],
  }
}

/** The id of a version of the secret. */
export function versionId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
}

/** What a build may do besides, by the template. */
const login: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
}
