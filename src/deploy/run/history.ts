import type { With } from "../../config/demand.ts"
import { inOrder } from "../../core/in-order.ts"
import { workloadText } from "../../core/workload.ts"
import type { Cluster } from "../../ports/cluster.ts"
import { type HistoryEntry, historyOf } from "../core/history.ts"
import { readReleases } from "../core/release.ts"
import { checkServer } from "./check.ts"
import { liveImages } from "./containers.ts"

/** The releases of an environment (docs/deploy.md, "envseal history"). Nothing in it is secret. */
export interface History {
  readonly environment: string
  readonly app: string
  /** What the settings call it: a kubeconfig context, or an EKS cluster. */
  readonly cluster: string
  readonly namespace: string
  /** Newest first. */
  readonly releases: readonly HistoryEntry[]
  /** Workloads that do not exist. */
  readonly missing: readonly string[]
}

/**
 * Reads what deploys wrote on the workloads of an environment. Changes nothing.
 *
 * @throws EnvsealError `WRONG_CLUSTER`, and what the cluster throws.
 */
export async function readHistory(
  settings: With<"cluster" | "workloads">,
  cluster: Pick<Cluster, "name" | "server" | "serverName" | "read">,
): Promise<History> {
  checkServer({ settings }, { cluster })
  const found = await inOrder(
    settings.workloads.map(async (wanted) => {
      const live = await cluster.read(wanted)
      const workload = workloadText(wanted)
      if (live === null) return { workload, record: null }
      const releases = readReleases(live.metadata.annotations)
      return { workload, record: { workload, live: liveImages(wanted, live, settings), releases } }
    }),
  )
  const { context, eks, namespace } = settings.cluster
  return {
    environment: settings.name,
    app: settings.app,
    cluster: context ?? eks ?? "",
    namespace,
    releases: historyOf(found.flatMap(({ record }) => record ?? [])),
    missing: found.flatMap(({ workload, record }) => (record === null ? [workload] : [])),
  }
}
