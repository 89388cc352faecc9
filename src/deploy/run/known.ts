import type { Workload } from "../../core/kubernetes.ts"
import { type WorkloadRef, workloadText } from "../../core/workload.ts"
import type { CheckedTarget } from "../core/plan.ts"
import type { ChangedCluster } from "./change.ts"

/** A workload as the check found it. */
export interface FoundTarget extends CheckedTarget {
  readonly workload: Workload
}

/**
 * What the cluster last said of each workload of a run, so that it need not be asked again before a change: the change
 * holds only where that is still so.
 */
export class KnownWorkloads {
  readonly #known = new Map<string, Workload>()

  /** @returns `null` when the cluster said nothing of it. */
  of(ref: WorkloadRef): Workload | null {
    return this.#known.get(workloadText(ref)) ?? null
  }

  keep(ref: WorkloadRef, workload: Workload): void {
    this.#known.set(workloadText(ref), workload)
  }

  /** A cluster whose answers are kept. */
  through(cluster: ChangedCluster): ChangedCluster {
    const kept = (ref: WorkloadRef, workload: Workload) => {
      this.keep(ref, workload)
      return workload
    }
    return {
      read: async (ref) => {
        const workload = await cluster.read(ref)
        return workload === null ? null : kept(ref, workload)
      },
      patch: async (ref, ...rest) => kept(ref, await cluster.patch(ref, ...rest)),
    }
  }
}
