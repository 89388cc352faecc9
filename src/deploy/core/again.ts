import type { DeployEvent } from "./event.ts"
import type { DeployFailure } from "./plan.ts"
import type { DeployState, Target } from "./state.ts"
import { findTarget } from "./transition.ts"

/** How soon a change that failed is tried again, in milliseconds. */
const againMs = 2_000

type Answer = Extract<DeployEvent, { type: "patched" | "patch-failed" }>

/**
 * Each workload waits for one answer at most: that tells an answer from a late duplicate.
 *
 * @returns the workload that waits for this answer; `null` when none does.
 */
export function awaiting(state: DeployState, { did, workload }: Answer): Target | null {
  const target = findTarget(state, workload)
  return target?.stage === (did === "patch" ? "patching" : "restoring") && isInFlight(target) ? target : null
}

/** Whether the answer to its change is still to come. */
export function isInFlight({ stage, again }: Target): boolean {
  return (stage === "patching" || stage === "restoring") && (again === null || again.dueMs === null)
}

/** Whether its change is to be asked for. */
export function isToSend({ again }: Target): boolean {
  return again !== null && again.dueMs !== null
}

/** Whether its change is due. */
export function isDue({ again }: Target, { nowMs }: DeployState): boolean {
  return again !== null && again.dueMs !== null && nowMs >= again.dueMs
}

/** Its change is on its way. */
export function sent(target: Target): Target {
  return target.again === null ? target : { ...target, again: { ...target.again, dueMs: null } }
}

/**
 * A change that failed in a way that may pass is tried again for as long as a rollout is watched that cannot be seen.
 *
 * @returns `null` when it is not tried again.
 */
export function triedAgain(target: Target, why: DeployFailure, { nowMs, plan }: DeployState): Target | null {
  const sinceMs = target.again?.sinceMs ?? nowMs
  if (!mayPass(why) || nowMs - sinceMs >= plan.limits.silenceMs) return null
  return { ...target, again: { sinceMs, dueMs: nowMs + againMs, failure: why } }
}

/** Whether the server could not be reached, or had a fault: it did not refuse the change. */
export function mayPass({ code }: Pick<DeployFailure, "code">): boolean {
  return code === "REMOTE_FAILED" || code === "THROTTLED"
}
