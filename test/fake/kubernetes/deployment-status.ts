import { findCondition, updated, withCondition, withoutCondition } from "./condition.ts"
import type { Deployment, DeploymentStatus, ReplicaSet } from "./kinds.ts"
import type { Condition } from "./object.ts"
import { limitsOf } from "./rollout-scale.ts"
import { sparse } from "./sparse.ts"

/** A Deployment and its ReplicaSets as they are, and when progress was last reported. */
export interface Rollout {
  readonly deployment: Deployment
  readonly sets: readonly ReplicaSet[]
  /** The one of the Deployment's template; `null` while there is none. */
  readonly current: ReplicaSet | null
  readonly nowMs: number
  /** Whether `progressDeadlineSeconds` have gone since its condition `Progressing` was last updated. */
  readonly late: boolean
}

const noDeadline = 2 ** 31 - 1

/** Whether its progress is watched at all. */
export function hasDeadline({ spec }: Deployment): boolean {
  return spec.progressDeadlineSeconds < noDeadline
}

/** The status by what the ReplicaSets have (deployment `calculateStatus`), with the conditions as they were. */
export function countedStatus({ deployment, sets, current, nowMs }: Rollout): DeploymentStatus {
  const count = (of: (set: ReplicaSet) => number) => sets.reduce((sum, set) => sum + of(set), 0)
  const available = count(({ status }) => status?.availableReplicas ?? 0)
  return {
    ...sparse({
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: count(({ status }) => status?.replicas ?? 0),
      updatedReplicas: current?.status?.replicas ?? 0,
      readyReplicas: count(({ status }) => status?.readyReplicas ?? 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, count(({ spec }) => spec.replicas) - available),
    }),
    terminatingReplicas: count(({ status }) => status?.terminatingReplicas ?? 0),
    conditions: withAvailable(deployment, available, nowMs),
  }
}

/**
 * The status of a Deployment that rolls out (deployment `syncRolloutStatus`). Going back to a ReplicaSet that is
 * already there leaves a `ProgressDeadlineExceeded` as it is until there is progress.
 */
export function rolloutStatus(rollout: Rollout): DeploymentStatus {
  const { deployment, sets, current, nowMs } = rollout
  const status = countedStatus(rollout)
  const conditions = hasDeadline(deployment)
    ? withProgress(rollout, status)
    : withoutCondition(status.conditions, "Progressing")
  const failure = failureOf(current === null ? [] : [current]) ?? failureOf(sets)
  return {
    ...status,
    conditions:
      failure === null
        ? withoutCondition(conditions, "ReplicaFailure")
        : withCondition(conditions, failure, nowMs),
  }
}

/** Whether all of it is as its spec wants (deployment util `DeploymentComplete`). */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus | undefined): boolean {
  return (
    (status?.updatedReplicas ?? 0) === spec.replicas &&
    (status?.replicas ?? 0) === spec.replicas &&
    (status?.availableReplicas ?? 0) === spec.replicas &&
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  )
}

function withProgress(rollout: Rollout, status: DeploymentStatus): readonly Condition[] {
  const { deployment, current, nowMs, late } = rollout
  const before = findCondition(deployment.status?.conditions, "Progressing")
  const resync = status.replicas === status.updatedReplicas && before?.reason === "NewReplicaSetAvailable"
  const conditions = status.conditions ?? []
  if (resync) return conditions
  const who =
    current === null ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`
  if (isComplete(deployment, status)) {
    const message = `${who} has successfully progressed.`
    return withCondition(conditions, progressing("True", "NewReplicaSetAvailable", message), nowMs)
  }
  if (hasProgressed(deployment.status, status)) {
    const finding = progressing("True", "ReplicaSetUpdated", `${who} is progressing.`)
    const since = before?.status === "True" ? before : null
    return [...withoutCondition(conditions, "Progressing"), updated(finding, since, nowMs)]
  }
  if (!hasTimedOut(before, late)) return conditions
  const message = `${who} has timed out progressing.`
  return withCondition(conditions, progressing("False", "ProgressDeadlineExceeded", message), nowMs)
}

function hasTimedOut(before: Condition | null, late: boolean): boolean {
  if (before === null || before.reason === "NewReplicaSetAvailable") return false
  return before.reason === "ProgressDeadlineExceeded" || late
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) =>
    (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

function withAvailable(deployment: Deployment, available: number, nowMs: number): readonly Condition[] {
  const { replicas, maxUnavailable } = limitsOf(deployment.spec)
  const enough = available >= replicas - maxUnavailable
  const finding = enough
    ? {
        status: "True" as const,
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      }
    : {
        status: "False" as const,
        reason: "MinimumReplicasUnavailable",
        message: "Deployment does not have minimum availability.",
      }
  return withCondition(deployment.status?.conditions, { type: "Available", ...finding }, nowMs)
}

function failureOf(sets: readonly ReplicaSet[]): Condition | null {
  for (const { status } of sets) {
    const failure = findCondition(status?.conditions, "ReplicaFailure")
    if (failure !== null) return failure
  }
  return null
}

export function progressing(status: Condition["status"], reason: string, message: string) {
  return { type: "Progressing", status, reason, message } as const
}
