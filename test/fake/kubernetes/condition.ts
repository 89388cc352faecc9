import { timestamp } from "./clock.ts"
import type { Condition } from "./object.ts"

/** A condition, but for its times. */
export interface Finding {
  readonly type: string
  readonly status: Condition["status"]
  readonly reason?: string
  readonly message?: string
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | null {
  return conditions?.find((one) => one.type === type) ?? null
}

export function withoutCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): readonly Condition[] {
  return (conditions ?? []).filter((one) => one.type !== type)
}

/**
 * Sets a condition as the Deployment controller does: one with the same status and reason stays as it is, its
 * times and its message included; one with the same status keeps the time of its transition.
 */
export function withCondition(
  conditions: readonly Condition[] | undefined,
  finding: Finding,
  nowMs: number,
): readonly Condition[] {
  const current = findCondition(conditions, finding.type)
  if (current?.status === finding.status && current.reason === finding.reason) return conditions ?? []
  return [
    ...withoutCondition(conditions, finding.type),
    updated(finding, current?.status === finding.status ? current : null, nowMs),
  ]
}

/** A condition as of now, with the time of an earlier transition where there was one. */
export function updated(finding: Finding, since: Condition | null, nowMs: number): Condition {
  const now = timestamp(nowMs)
  return { ...finding, lastUpdateTime: now, lastTransitionTime: since?.lastTransitionTime ?? now }
}
