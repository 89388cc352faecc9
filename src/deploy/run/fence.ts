import { EnvsealError } from "../../core/error.ts"
import { workloadText } from "../../core/workload.ts"
import type { Cluster, Fence } from "../../ports/cluster.ts"
import type { ChangedCluster } from "./change.ts"
import type { Heartbeat } from "./heartbeat.ts"
import type { LeaseLock } from "./lock.ts"

/**
 * Lets a change through while the lock is ours for certain; otherwise it throws `REMOTE_FAILED`.
 *
 * @param undone what is not done then, in words
 * @param stoodStill what else keeps it back
 */
function lockFence(lock: LeaseLock, undone: string, stoodStill: () => boolean = () => false): Fence {
  return () => {
    const why = stoodStill()
      ? "this run stood still before it came to that"
      : lock.isSure()
        ? null
        : "its lock was not renewed in time"
    if (why !== null) throw new EnvsealError("REMOTE_FAILED", `${undone}: ${why}`)
  }
}

/** Makes a change under a lock: it gets what keeps it from being sent without that. */
export type LockGuard = <T>(change: (fence: Fence) => Promise<T>) => Promise<T>

/** Lets changes through as {@link lockFence} does; the lock is not given back before they are answered. */
export function lockGuard(lock: LeaseLock, undone: string, stoodStill?: () => boolean): LockGuard {
  const fence = lockFence(lock, undone, stoodStill)
  return (change) => lock.during(() => change(fence))
}

/**
 * The cluster for what was decided now. Once the run stood still, somebody else may have its lock: it is not changed
 * then, and what was to be changed is decided again.
 */
export function fencedCluster(cluster: Cluster, lock: LeaseLock, heartbeat: Heartbeat): ChangedCluster {
  const stoodStill = heartbeat.begin()
  return {
    read: (ref) => cluster.read(ref),
    patch: (ref, steps) => {
      const guard = lockGuard(lock, `${workloadText(ref)} was not changed`, stoodStill)
      return guard((fence) => cluster.patch(ref, steps, fence))
    },
  }
}
