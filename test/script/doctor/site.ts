import { environmentOf, parseConfig } from "../../../src/config/load.ts"
import type { EnvironmentSettings } from "../../../src/config/settings.ts"
import { makePolicy, type PolicyKind } from "../../../src/setup/core/policy.ts"
import { policyRequestOf } from "../../../src/setup/core/policy-request.ts"
import { deployerRole } from "../../../src/setup/run/deployer-role.ts"
import { shopProject, shopRepository } from "../../fake/aws/deploy-world.ts"
import type { EksCluster } from "../../fake/aws/eks-cluster.ts"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import {
  account,
  appKey,
  defaultWorld,
  keyArn,
  type Role,
  region,
  roleArn,
  type World,
} from "../../fake/aws/world.ts"
import type { Manifest } from "../../fake/kubernetes/manifest.ts"
import type { PolicyRule } from "../../fake/kubernetes/rbac.ts"

export const namespace = "shop"
export const context = "app=shop,environment=production"
export const buildRole = roleArn("shop-build")
export const podRole = roleArn("shop-pod")
/** A key that is there, and is not the app's. */
export const otherKey = keyArn("9999abcd-12ab-34cd-56ef-1234567890ab")
/** A key that signs. */
export const signingKey = keyArn("5555abcd-12ab-34cd-56ef-1234567890ab")

/** Where the cluster is that the settings name. */
export interface ClusterPlace {
  readonly context: string
  readonly server: string
}

/** An envseal.yaml that has everything. */
export function settingsText({ context: name, server }: ClusterPlace): string {
  return `version: 1
app: shop
environments:
  production:
    account: "${account}"
    region: ${region}
    secret: shop/production
    require: .env.example
    recipients: [aws-kms:alias/envseal]
    kmsKeys:
      - ${appKey}
    roles:
      build: ${buildRole}
      pod: ${podRole}
    build:
      project: shop
      source: main
      repository: https://github.com/example/shop.git
    image:
      repository: ${shopRepository}
    cluster:
      context: ${name}
      eks: shop
      server: ${server}
      namespace: ${namespace}
    workloads:
      - deployment: web
        containers: [app]
      - cronjob: schedule
        containers: [app]
`
}

/** The settings as envseal reads them, wherever the cluster is. */
export const settings: EnvironmentSettings = environmentOf(
  parseConfig(settingsText({ context: "fake", server: "https://127.0.0.1:6443" }), "envseal.yaml"),
  "production",
)

/** The policy that envseal prints, so that it is proven to be enough and not too much. */
export function printed(kind: PolicyKind): PolicyDocument {
  return JSON.parse(JSON.stringify(makePolicy(kind, policyRequestOf(kind, settings))))
}

/** The rules that envseal prints for the cluster. */
export const rules: readonly PolicyRule[] = deployerRole(settings, namespace).rules

/** Everything is allowed to the one who mends. */
const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
}

function role(name: string, policy: PolicyDocument): Role {
  return { name, policies: [], inlinePolicies: { envseal: policy }, mechanisms: ["static"] }
}

export const secretValue = '{"APP_KEY":"base64:abc=","DB_PASSWORD":"it\'s $5"}'
export const associationId = "a-1234567890abcdefg"

/** All that an environment needs in AWS, and nothing that is wrong. */
export function healthyWorld(cluster: { readonly endpoint: string; readonly ca: string }): World {
  const eks: EksCluster = {
    name: "shop",
    ...cluster,
    accessEntries: [],
    podIdentityAssociations: [{ id: associationId, namespace, serviceAccount: "shop", roleArn: podRole }],
  }
  return {
    ...defaultWorld,
    roles: [
      role("deployer", printed("deployer")),
      role("shop-build", printed("build")),
      role("shop-pod", printed("pod")),
      role("admin", everything),
    ],
    keys: [
      { arn: appKey, aliases: ["alias/envseal"], policy: printed("key") },
      { arn: otherKey, aliases: ["alias/other"], policy: printed("key") },
      { arn: signingKey, usage: "SIGN_VERIFY", policy: printed("key") },
    ],
    secrets: defaultWorld.secrets.map((secret) => ({
      ...secret,
      versions: secret.versions.map((one) =>
        one.stages.includes("AWSCURRENT") ? { ...one, string: secretValue } : one,
      ),
    })),
    projects: [shopProject(undefined, { serviceRole: buildRole })],
    repositories: [{ name: "shop", images: [], imageTagMutability: "IMMUTABLE" }],
    eksClusters: [eks],
  }
}

const image = `${shopRepository}@sha256:${"1".repeat(64)}`

interface ContainerManifest {
  readonly name: string
  readonly image?: string
  readonly env?: readonly { readonly name: string; readonly value: string }[]
}

const app: ContainerManifest = {
  name: "app",
  env: [
    { name: "ENVSEAL_EXPECT", value: context },
    { name: "ENVSEAL_KMS_KEY", value: appKey },
  ],
}
const nginx: ContainerManifest = { name: "nginx", image: "nginx:1" }

export const podSpec: {
  readonly serviceAccountName: string
  readonly containers: readonly ContainerManifest[]
} = { serviceAccountName: "shop", containers: [{ ...app, image }, nginx] }

/** A Deployment without pods: nothing of it has to run. */
function deploymentOf(pod: object): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: pod },
    },
  }
}

export const web: Manifest = deploymentOf(podSpec)

/** A CronJob that is never due. */
export const schedule: Manifest = {
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "schedule", namespace },
  spec: {
    schedule: "0 0 1 1 *",
    suspend: true,
    jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
  },
}

export const serviceAccount = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "shop", namespace },
} as const

/** What lies in the repository beside envseal.yaml. */
export const repositoryFiles: Readonly<Record<string, string>> = {
  ".env.example": "APP_KEY=\nDB_PASSWORD=\n",
  "secret.json": secretValue,
  // JSON is YAML too. The image is the deploy's.
  "web.yaml": JSON.stringify(deploymentOf({ ...podSpec, containers: [app, nginx] }), null, 2),
}
