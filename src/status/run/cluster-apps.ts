import { inOrder } from "../../core/in-order.ts"
import type { Workload } from "../../core/kubernetes.ts"
import { nameList } from "../../core/text.ts"
import { type WorkloadKind, workloadKinds } from "../../core/workload.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { errorOf, failureOf } from "../../deploy/run/failure.ts"
import type { WorkloadLister } from "../../ports/cluster.ts"
import { type DeployedApp, deployedApp, groupsOf } from "../core/deployed-app.ts"
import type { ClusterStatusPorts } from "./ports.ts"
import { VersionBook } from "./version-book.ts"

/** Everything that envseal deployed in a cluster (docs/deploy.md, "A whole cluster"). Nothing in it is secret. */
export interface ClusterStatus {
  /** RFC 3339. */
  readonly at: string
  /** What the user calls it. */
  readonly cluster: string
  /** `null` for all of them. */
  readonly namespace: string | null
  /** False when any app is not well; else `null` when not all could be asked. */
  readonly ok: boolean | null
  readonly apps: readonly DeployedApp[]
  /** Kinds that the caller may not list. */
  readonly unseen: readonly WorkloadKind[]
  /** What could not be asked, and why. */
  readonly failures: readonly DeployFailure[]
}

/** What was seen of a cluster. */
export interface ClusterSight {
  readonly cluster: string
  /** `null` for all of them. */
  readonly namespace: string | null
  readonly workloads: readonly Workload[]
  /** Why a kind may not be listed. */
  readonly denials: ReadonlyMap<WorkloadKind, DeployFailure>
  /** What else could not be asked. */
  readonly failures: readonly DeployFailure[]
}

/**
 * Looks at a cluster by what deploys wrote on its workloads. A secret's version is compared where the caller may ask.
 *
 * @param namespace `null` for all of them.
 * @throws EnvsealError what the cluster throws, and `ACCESS_DENIED` when no kind may be listed.
 */
export async function lookAtCluster(
  namespace: string | null,
  ports: ClusterStatusPorts,
  now: Date,
): Promise<ClusterStatus> {
  const { cluster } = ports
  const found = await inOrder(workloadKinds.map((kind) => listed(cluster, kind, namespace)))
  const denials = new Map(found.flatMap(({ kind, denial }) => (denial === null ? [] : [[kind, denial]])))
  const [denial] = denials.values()
  if (denial !== undefined && denials.size === workloadKinds.length)
    throw errorOf(wholeDenial(denial, namespace))
  const workloads = found.flatMap(({ items }) => items)
  const sight = { cluster: cluster.name, namespace, workloads, denials, failures: [] }
  return clusterStatusOf(sight, new VersionBook(ports), now)
}

/** What is told of a cluster by what was seen of it. */
export async function clusterStatusOf(
  { cluster, namespace, workloads, denials, failures }: ClusterSight,
  versions: VersionBook,
  now: Date,
): Promise<ClusterStatus> {
  const apps = await Promise.all(
    groupsOf(workloads).map(async (group) => deployedApp(group, await versions.of(group.home))),
  )
  const all = [...failures, ...denialOf(denials, namespace)]
  const ok = apps.some((app) => !app.ok) ? false : all.length > 0 ? null : true
  return { at: now.toISOString(), cluster, namespace, ok, apps, unseen: [...denials.keys()], failures: all }
}

/** The Role of a deployer has the kinds of its own workloads alone. */
async function listed(cluster: WorkloadLister, kind: WorkloadKind, namespace: string | null) {
  try {
    return { kind, items: await cluster.workloads(kind, namespace), denial: null }
  } catch (error) {
    const denial = failureOf(error)
    if (denial.code !== "ACCESS_DENIED") throw error
    return { kind, items: [], denial }
  }
}

/** One failure for all kinds that may not be listed; where no kind may be, as the cluster said it. */
function denialOf(denials: ClusterSight["denials"], namespace: string | null): readonly DeployFailure[] {
  const [first] = denials.values()
  if (first === undefined) return []
  if (denials.size === workloadKinds.length) return [wholeDenial(first, namespace)]
  const kinds = nameList([...denials.keys()].map((kind) => `${kind}s`))
  const hint = "what is shown is whole but for them; to see all, ask for list on them"
  const message = `not everything is seen: you may not list ${kinds}`
  return [{ ...first, message, hint, problems: [] }]
}

/** Where nothing may be listed. In all namespaces a deployer may nothing, and in its own one enough. */
function wholeDenial(denial: DeployFailure, namespace: string | null): DeployFailure {
  if (namespace !== null) return denial
  return { ...denial, hint: "a deployer's Role is enough for its own namespace: add --namespace NAME" }
}
