import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { podTemplateOf, type Workload } from "../../../src/core/kubernetes.ts"
import type { WorkloadRef } from "../../../src/core/workload.ts"
import { type RoleRule, rightsOf, roleRules } from "../../../src/deploy/run/rights.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { account, region } from "../../fake/aws/world.ts"
import { contextName } from "../../real/cluster/kubeconfig.ts"
import { imageOf } from "../../real/cluster/plays.ts"
import { type Manifest, makeCronJob, makeDeployment } from "../../real/cluster/workloads.ts"
import type { Stage } from "./stage.ts"
import type { Contender, Trial } from "./trial.ts"

/** What everything runs before. */
export const oldImage = imageOf("ready")

/** The workloads of docker/kubernetes, as kubectl names them. */
export const workloads = ["deployment/web", "deployment/worker", "cronjob/schedule"] as const

const refs: readonly WorkloadRef[] = [
  { kind: "Deployment", name: "web" },
  { kind: "Deployment", name: "worker" },
  { kind: "CronJob", name: "schedule" },
]
// Of docker/kubernetes/web.yaml and worker.yaml.
const progressDeadlineSeconds = 180
const group = "rbac.authorization.k8s.io"
const patience = "180s"

/**
 * Makes the trial's namespace, and waits until its old pods are ready.
 *
 * @returns a folder of its own with an envseal.yaml.
 */
export async function openShop({ plane, folder }: Stage, trial: Trial): Promise<string> {
  const namespace = trial.name
  const common = { namespace, image: oldImage, progressDeadlineSeconds }
  const { replicas } = trial.case
  await plane.namespace(namespace)
  await plane.apply(
    ...grant(namespace, trial.contender),
    makeDeployment({ ...common, name: "web", replicas, ...surgeOf(replicas) }),
    makeDeployment({ ...common, name: "worker" }),
    makeCronJob({ ...common, name: "schedule" }),
  )
  for (const one of ["deployment/web", "deployment/worker"]) {
    await plane.read(["rollout", "status", one, "--namespace", namespace, `--timeout=${patience}`])
  }
  const own = join(folder, namespace)
  mkdirSync(own)
  // JSON is YAML too.
  writeFileSync(join(own, "envseal.yaml"), JSON.stringify(settingsOf(trial), null, 2))
  return own
}

/** The images that the workloads have now, without repetitions. */
export async function imagesOf({ plane }: Stage, { name }: Trial): Promise<readonly string[]> {
  const lives = await Promise.all(workloads.map((one) => plane.object<Workload>([one, "--namespace", name])))
  return [
    ...new Set(lives.flatMap((live) => podTemplateOf(live).spec.containers.map(({ image }) => image ?? ""))),
  ]
}

/** As web.yaml has it, where that does not take all day. */
function surgeOf(replicas: number): { maxSurge?: number; maxUnavailable?: number } {
  return replicas > 10 ? {} : { maxSurge: 1, maxUnavailable: 0 }
}

function grant(namespace: string, contender: Contender): readonly Manifest[] {
  const apiVersion = `${group}/v1`
  const metadata = { name: contender, namespace }
  return [
    { apiVersion, kind: "Role", metadata, rules: rules[contender] },
    {
      ...{ apiVersion, kind: "RoleBinding", metadata },
      roleRef: { apiGroup: group, kind: "Role", name: contender },
      subjects: [{ apiGroup: group, kind: "User", name: contender }],
    },
  ]
}

const rules: Readonly<Record<Contender, readonly RoleRule[]>> = {
  script: [
    { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] },
    { apiGroups: ["batch"], resources: ["cronjobs"], verbs: ["get", "patch"] },
  ],
  envseal: roleRules(rightsOf({ workloads: refs, hooks: false, lease: "envseal-shop-production" })),
}

function settingsOf({ name }: Trial): object {
  const environment = {
    ...{ account, region },
    build: { project: name, source: "a".repeat(40) },
    image: { repository: shopRepository },
    cluster: { context: contextName, namespace: name },
    workloads,
  }
  return { version: 1, app: "shop", environments: { production: environment } }
}
