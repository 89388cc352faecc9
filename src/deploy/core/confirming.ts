import { fail } from "./closing.ts"
import { enterHook } from "./hooks.ts"
import { lockTime } from "./lock-keeping.ts"
import { patchAll } from "./patching.ts"
import { failure } from "./plan.ts"
import type { DeployState, Phase } from "./state.ts"
import { andThen, enter, type Step, stay } from "./transition.ts"

type Next = Extract<Phase, { name: "confirming" }>["next"]

/** A lock that was confirmed so recently is still held. */
const freshMs = 2_000

/**
 * Goes on to change the cluster, once it is certain that the lock is still held. A machine that slept does not notice
 * how long, and somebody else may have taken the lock meanwhile.
 */
export function changeWhenLocked(state: DeployState, next: Next): Step {
  if (isFresh(state)) return change(state, next)
  const { lock, nowMs } = state
  const due = { ...state, lock: { ...lock, renewAtMs: nowMs } }
  return andThen(enter(due, { name: "confirming", next, sinceMs: nowMs }), lockTime)
}

/** The lock was renewed, or not. */
export function confirmed(state: DeployState): Step {
  const { phase, lock } = state
  const isSure = phase.name === "confirming" && lock.keptAtMs >= phase.sinceMs
  return isSure ? change(state, phase.next) : stay(state)
}

export function confirmingTime(state: DeployState): Step {
  const { phase, nowMs, plan } = state
  if (phase.name !== "confirming" || nowMs - phase.sinceMs < plan.limits.silenceMs) return stay(state)
  return fail(
    state,
    failure(
      "REMOTE_FAILED",
      "the lock could not be renewed, so nothing was changed",
      "can the cluster be reached from here? kubectl cluster-info",
    ),
  )
}

function isFresh({ lock, nowMs }: DeployState): boolean {
  return lock.status === "held" && nowMs - lock.keptAtMs < freshMs
}

function change(state: DeployState, next: Next): Step {
  return (next === "hooks" ? enterHook(state, "before", 0) : null) ?? patchAll(state)
}
