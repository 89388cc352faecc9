import { podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { workloadText } from "../../core/workload.ts"
import { type HistoryEntry, historyOf } from "../../deploy/core/history.ts"
import { type Home, readHome } from "../../deploy/core/home.ts"
import { allContainers } from "../../deploy/core/pods.ts"
import { causeAnnotation, readReleases, releasesAnnotation } from "../../deploy/core/release.ts"
import { type SealedSecret, type SecretStatus, sealedSecret } from "../../deploy/core/sealed-secret.ts"

/** One environment of an app, as its workloads in a cluster have it written down. Nothing in it is secret. */
export interface DeployedApp {
  /** `null` where no deploy wrote it down, and no label says it. */
  readonly app: string | null
  /** `null` where no deploy wrote it down. */
  readonly environment: string | null
  readonly namespace: string
  readonly workloads: readonly string[]
  /** What runs, newest first: several where workloads run different ones. */
  readonly runs: readonly HistoryEntry[]
  readonly secret: SealedSecret
  /** False when more than one release runs, its secret is stale, it is not proven, or envseal did not set it. */
  readonly ok: boolean
}

/** Workloads that belong together, and what is written on them of that. */
export interface AppGroup {
  readonly namespace: string
  readonly app: string | null
  readonly environment: string | null
  readonly home: Home | null
  readonly workloads: readonly Workload[]
}

/** The workloads that envseal deployed, by what they belong to, in the order of their names. */
export function groupsOf(workloads: readonly Workload[]): readonly AppGroup[] {
  const ours = workloads.filter(({ metadata }) => metadata.annotations?.[releasesAnnotation] !== undefined)
  const groups = Map.groupBy(ours, (one) => JSON.stringify(placeOf(one)))
  return [...groups.entries()]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .flatMap(([, list]) => {
      const [first] = list
      if (first === undefined) return []
      const home = list.flatMap(({ metadata }) => readHome(metadata.annotations) ?? []).at(0) ?? null
      return [{ ...placeOf(first), home, workloads: list }]
    })
}

/** Where no deploy wrote it down, a label and the cause of the last change say it. */
function placeOf({ metadata }: Workload): Omit<AppGroup, "home" | "workloads"> {
  const { namespace = "", labels = {}, annotations = {} } = metadata
  const home = readHome(annotations)
  const [, environment = null] = /^envseal: (\S+) (?:to|back) /.exec(annotations[causeAnnotation] ?? "") ?? []
  const label = labels["app.kubernetes.io/part-of"] ?? labels["app.kubernetes.io/name"] ?? null
  return {
    app: home?.app ?? label,
    environment: home?.environment ?? environment,
    namespace,
  }
}

/** @param secrets what would be sealed now; empty where that is not known. */
export function deployedApp(group: AppGroup, secrets: readonly SecretStatus[]): DeployedApp {
  const { app, environment, namespace, workloads } = group
  const records = workloads.map((workload) => {
    const releases = readReleases(workload.metadata.annotations)
    const names = Object.keys(releases[0]?.images ?? {})
    const found = allContainers(podTemplateOf(workload)).filter(({ name }) => names.includes(name))
    const live = Object.fromEntries(found.map(({ name, image = "" }) => [name, image]))
    return { workload: textOf(workload), live, releases }
  })
  const runs = historyOf(records).filter(({ runsOn }) => runsOn.length > 0)
  const secret = sealedSecret(runs.length === 1 ? runs[0]?.secretVersion : undefined, secrets)
  const isWell = runs.length === 1 && runs.every(({ at, proven }) => at !== undefined && proven !== false)
  return {
    ...{ app, environment, namespace, runs, secret },
    workloads: records.map(({ workload }) => workload),
    ok: isWell && secret.state !== "stale",
  }
}

function textOf({ kind, metadata: { name } }: Workload): string {
  return workloadText({ kind, name })
}
