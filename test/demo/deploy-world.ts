import { rightsOf, roleRules } from "../../src/deploy/run/rights.ts"
import type { Play } from "../fake/aws/build-play.ts"
import { type FakeAws, startFakeAwsApart } from "../fake/aws/client.ts"
import { deployer, deployWorld, shopProject, shopRepository } from "../fake/aws/deploy-world.ts"
import type { Image } from "../fake/aws/repository.ts"
import { account, region } from "../fake/aws/world.ts"
import {
  cronJob,
  deployment,
  type FakeKubernetes,
  startFakeKubernetesApart,
} from "../fake/kubernetes/client.ts"

/** What runs before the first deploy. */
export const oldImage = imageOf("a")
/** What the first build pushes. */
export const goodImage = imageOf("b")
/** What the second build pushes. Its containers may not use the key of their configuration. */
export const badImage = imageOf("c")

/** The user of the cluster, and the role in the account. */
export const deployerName = deployer.name

const refusal =
  "KMS refused kms:Decrypt on alias/envseal-production to shop-pod (credentials from EKS Pod Identity): " +
  "because no identity-based policy allows the kms:Decrypt action"

/** What becomes of a container whose `envseal open` KMS refuses: it leaves the reason for Kubernetes to show. */
const refused = {
  do: "crash-loop",
  exitCode: 5,
  message: `envseal: ACCESS_DENIED: ${refusal}`,
  log: [
    `envseal: error: ${refusal} [ACCESS_DENIED]`,
    "envseal: hint: allow it in the policy of the role and of the key",
  ],
} as const

/** The envseal.yaml of the demo. */
export const settings = `version: 1
app: shop
environments:
  production:
    account: "${account}"
    region: ${region}
    build:
      project: shop
      source: ${"1f".repeat(20)}
    image:
      repository: ${shopRepository}
    cluster:
      context: fake
      namespace: shop
    workloads:
      - deployment/web
      - deployment/worker
      - cronjob/report
`

/** An account whose project builds the two images, each in 9 seconds. */
export function startAccount(): Promise<FakeAws> {
  return startFakeAwsApart({
    ...deployWorld,
    projects: [shopProject([buildOf(goodImage, "build-1"), buildOf(badImage, "build-2")])],
    repositories: [{ name: "shop", images: [pushedBefore(oldImage)] }],
    buildClock: { speed: 1 },
  })
}

/** A cluster where the old image runs, with a deployer who has the rights that a deploy needs, and no other. */
export async function startCluster(): Promise<FakeKubernetes> {
  const cluster = await startFakeKubernetesApart({
    users: { [deployerName]: { rules: roleRules(rightsOf(scope)), namespace: "shop" } },
    plays: { [badImage]: refused },
    pace: { podStartMs: 800, podStopMs: 400, secondMs: 70 },
  })
  await cluster.create(cronJob("report", { image: oldImage }))
  await cluster.deploy(
    deployment("web", { image: oldImage, replicas: 4 }),
    deployment("worker", { image: oldImage, replicas: 2 }),
  )
  return cluster
}

const scope = {
  workloads: [
    { kind: "Deployment", name: "web" },
    { kind: "Deployment", name: "worker" },
    { kind: "CronJob", name: "report" },
  ],
  hooks: false,
  lease: "envseal-shop-production",
} as const

function pushedBefore(image: string): Image {
  return {
    digest: image.slice(image.indexOf("sha256:")),
    tags: ["build-0"],
    pushedAt: "2026-01-01T03:04:05Z",
  }
}

function imageOf(digit: string): string {
  return `${shopRepository}@sha256:${digit.repeat(64)}`
}

/** Short, so that what is told of a phase is what somebody who watches has waited for. */
const seconds = {
  QUEUED: 1,
  PROVISIONING: 2,
  DOWNLOAD_SOURCE: 1,
  PRE_BUILD: 1,
  BUILD: 2,
  POST_BUILD: 1,
  FINALIZING: 0,
}

function buildOf(image: string, tag: string): Play {
  return {
    seconds,
    lines: [
      { at: 3, text: "[Container] Entering phase DOWNLOAD_SOURCE" },
      { at: 5, text: "[Container] Entering phase PRE_BUILD" },
      { at: 5, text: "[Container] Running command envseal seal --from aws-sm:shop/production" },
      { at: 6, text: "[Container] Entering phase BUILD" },
      { at: 6, text: `[Container] Running command docker build --tag shop:${tag} .` },
      ...stages.map((text, index) => ({ at: 6 + index / 4, text })),
      { at: 8, text: "[Container] Entering phase POST_BUILD" },
      { at: 8, text: `[Container] Running command docker push shop:${tag}` },
    ],
    image: { repository: "shop", tags: [tag], digest: image.slice(image.indexOf("sha256:")) },
    exported: { ENVSEAL_IMAGE: image },
  }
}

const stages = [
  "#1 [internal] load build definition from Dockerfile",
  "#4 [1/5] FROM docker.io/library/php:8.4-fpm-alpine",
  "#5 [2/5] COPY composer.json composer.lock ./",
  "#6 [3/5] RUN composer install --no-dev --optimize-autoloader",
  "#7 [4/5] COPY . .",
  "#8 [5/5] COPY .env.sealed ./",
  "#9 exporting to image",
]
