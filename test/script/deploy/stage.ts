import { writeFileSync } from "node:fs"
import { rightsOf, roleRules } from "../../../src/app/deploy/rights.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { deployer, deployWorld, shopCluster, shopProject } from "../../fake/aws/deploy-world.ts"
import { type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"
import { adminRules } from "../../fake/kubernetes/rbac.ts"
import type { Setup } from "../../fake/kubernetes/setup.ts"
import { type Sandbox, sandbox } from "../harness.ts"

export const repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"
export const oldImage = `${repository}@sha256:${"0".repeat(64)}`
export const commit = "a".repeat(40)

/** A fake AWS and a fake cluster that trust each other, and a folder with an envseal.yaml for them. */
export interface Stage extends AsyncDisposable {
  readonly aws: FakeAws
  readonly cluster: FakeKubernetes
  readonly box: Sandbox
  /** The variables of the laptop. */
  readonly env: Record<string, string>
}

export interface StageOptions {
  readonly builds: readonly Play[]
  /** Lines of the settings under the environment, beside the usual ones. */
  readonly settings?: string
  readonly workloads?: readonly string[]
  /** Of the cluster. */
  readonly setup?: Partial<Setup>
}

const workloadsByDefault = ["deployment/web"]

export async function startStage({
  builds,
  settings = "",
  workloads = workloadsByDefault,
  setup,
}: StageOptions): Promise<Stage> {
  const box = sandbox()
  const aws = await startFakeAws({
    ...deployWorld,
    projects: [shopProject(builds)],
    buildClock: { speed: 120 },
  })
  const cluster = await startFakeKubernetes({
    namespaces: ["shop"],
    users: { deployer: { rules: rulesOf(workloads), namespace: "shop" }, admin: { rules: adminRules } },
    pace: { podStartMs: 100, secondMs: 20 },
    ...setup,
  })
  await aws.setWorld({ eksClusters: [shopCluster(cluster.url, Buffer.from(cluster.ca).toString("base64"))] })
  const kubeconfig = await cluster.kubeconfig(box.folder, "deployer", "token")
  writeFileSync(box.path("envseal.yaml"), settingsText(workloads, settings))
  const env = {
    ...environmentFor(aws, { via: "static", role: deployer.name, folder: box.folder }),
    KUBECONFIG: kubeconfig,
  }
  return {
    aws,
    cluster,
    box,
    env,
    async [Symbol.asyncDispose]() {
      await cluster.stop()
      await aws.stop()
    },
  }
}

function rulesOf(workloads: readonly string[]) {
  const kinds = {
    deployment: "Deployment",
    statefulset: "StatefulSet",
    daemonset: "DaemonSet",
    cronjob: "CronJob",
  } as const
  const refs = workloads.map((text) => {
    const [kind = "deployment", name = ""] = text.split("/")
    return { kind: kinds[kind as keyof typeof kinds], name }
  })
  return roleRules(rightsOf({ workloads: refs, hooks: true, lease: "envseal-shop-production" }))
}

function settingsText(workloads: readonly string[], more: string): string {
  return `version: 1
app: shop
environments:
  production:
    account: "111122223333"
    region: eu-west-1
    build:
      project: shop
      source: ${commit}
    image:
      repository: ${repository}
    cluster:
      context: fake
      namespace: shop
    workloads:
${workloads.map((text) => `      - ${text}`).join("\n")}
${more}`
}
