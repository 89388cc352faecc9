import type { DeployEvent } from "./event.ts"
import type { DeployFailure } from "./plan.ts"
import type { DeployState, Phase, Target } from "./state.ts"
import { endInterrupted, fail, failWithoutLock, findTarget, go, stay, type Turn } from "./transition.ts"
import { sightedMs } from "./watching.ts"

/** How soon a change that failed is tried again, in milliseconds. */
export const againMs = 2_000

/**
 * How long after it was proven a run tries to write that down, in milliseconds, the time in which its lock is confirmed
 * included: the deploy is green all the same.
 */
export const recordMs = 30_000

/**
 * How long the end of a run waits for the answer to what is on its way, in milliseconds. One request takes less, with all
 * that it tries (`adapters/kubernetes/limits.ts`); what takes longer keeps the lock from being given back (`run/lock.ts`).
 */
export const answerMs = 45_000

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
 * A change that failed in a way that may pass is tried again for `silenceMs` in which the cluster is seen: while it is
 * not, nothing is tried.
 *
 * @returns `null` when it is not tried again.
 */
export function triedAgain(target: Target, why: DeployFailure, state: DeployState): Target | null {
  const seenMs = sightedMs(state)
  const sinceMs = target.again?.sinceMs ?? seenMs
  if (!mayPass(why) || seenMs - sinceMs >= state.plan.limits.silenceMs) return null
  return { ...target, again: { sinceMs, dueMs: state.nowMs + againMs, failure: why } }
}

/** Whether the server could not be reached, or had a fault: it did not refuse the change. */
export function mayPass({ code }: Pick<DeployFailure, "code">): boolean {
  return code === "REMOTE_FAILED" || code === "THROTTLED"
}

/** The stages in which the answer to a change is waited for. */
type Asking = "patching" | "restoring"

/** Enters the phase again for what is due, once every change that was asked for is answered. */
export function whenDue(state: DeployState, asking: Asking, phase: Phase): Turn {
  const open = state.targets.filter(({ stage }) => stage === asking)
  if (open.some(isInFlight)) return stay(state)
  return open.some((target) => isDue(target, state)) ? go(state, phase) : stay(state)
}

/**
 * What ends changes, whatever they came to. An answer that is still to come is waited for first: without it, nobody
 * could say what was changed.
 *
 * @returns `null` when all are answered and nothing ends them.
 */
export function cutShort(state: DeployState, asking: Asking): Turn | null {
  if (state.targets.some((target) => target.stage === asking && isInFlight(target))) return stay(state)
  if (state.lock.status === "lost") return failWithoutLock(state)
  if (state.unwatchable !== null) return fail(state, state.unwatchable)
  return state.interrupt === null ? null : endInterrupted(state)
}
