import { isComplete } from "./deployment-status.ts"
import type { DaemonSet, Deployment, ResourceName, StatefulSet } from "./kinds.ts"
import type { Place, Store } from "./store.ts"

/** Whether all pods of a workload are of its template, and available. What has no pods of its own always is. */
export function rolledOut(store: Store, place: Place): boolean {
  const object = store.get(place)
  if (object === null) return false
  const check = checks[place.resource]
  return check === undefined || check(object as Deployment & StatefulSet & DaemonSet)
}

const checks: Partial<Record<ResourceName, (object: Deployment & StatefulSet & DaemonSet) => boolean>> = {
  deployments: (object) => isComplete(object, object.status),
  statefulsets: isStatefulSetComplete,
  daemonsets: isDaemonSetComplete,
}

function isStatefulSetComplete({ metadata, spec, status }: StatefulSet): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    status?.currentRevision === status?.updateRevision &&
    (status?.replicas ?? 0) === spec.replicas &&
    (status?.availableReplicas ?? 0) === spec.replicas
  )
}

function isDaemonSetComplete({ metadata, status }: DaemonSet): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.updatedNumberScheduled ?? 0) === status?.desiredNumberScheduled &&
    (status?.numberAvailable ?? 0) === status?.desiredNumberScheduled
  )
}
