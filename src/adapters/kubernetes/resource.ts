import type { Pod, ReplicaSet, Workload } from "../../core/kubernetes.ts"
import type { WorkloadKind } from "../../core/workload.ts"

/** A kind of object, and where the API has it. */
export interface Resource {
  readonly kind: WorkloadKind | "ReplicaSet" | "Pod" | "Job" | "Event" | "Lease" | "ServiceAccount"
  readonly group: string
  readonly resource: string
}

export const workloadResources: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: { kind: "Deployment", group: "apps", resource: "deployments" },
  StatefulSet: { kind: "StatefulSet", group: "apps", resource: "statefulsets" },
  DaemonSet: { kind: "DaemonSet", group: "apps", resource: "daemonsets" },
  CronJob: { kind: "CronJob", group: "batch", resource: "cronjobs" },
}

export const replicaSets: Resource = { kind: "ReplicaSet", group: "apps", resource: "replicasets" }
export const pods: Resource = { kind: "Pod", group: "", resource: "pods" }
export const jobs: Resource = { kind: "Job", group: "batch", resource: "jobs" }
export const events: Resource = { kind: "Event", group: "", resource: "events" }
export const serviceAccounts: Resource = { kind: "ServiceAccount", group: "", resource: "serviceaccounts" }
export const leases: Resource = { kind: "Lease", group: "coordination.k8s.io", resource: "leases" }

/** What a watch holds. */
export type WatchedKind = Workload | ReplicaSet | Pod

/**
 * An object as it came, with its kind, which the server leaves out in lists, and without what only it keeps book
 * of, which is often the larger part.
 */
export function withKind<T extends WatchedKind>(object: T, kind: Resource["kind"]): T {
  const { managedFields: _, ...metadata } = { managedFields: undefined, ...object.metadata }
  return { ...object, kind, metadata }
}
