import { outcomeOf, workloadEnds } from "./outcome.ts"
import type { DeployFailure } from "./plan.ts"
import type { Ending } from "./progress.ts"
import type { DeployState } from "./state.ts"
import { andThen, enter, type Step, stay, tell } from "./transition.ts"

/** How long giving back the lock may take. */
const unlockMs = 10_000

/** Ends the run once the lock is given back. A lock that was asked for is waited for: it may still be granted. */
export function close(state: DeployState, ending: Ending): Step {
  const closing = { name: "closing", ending, untilMs: state.nowMs + unlockMs } as const
  if (state.lock.status === "held") return enter(state, closing, { do: "unlock" })
  return state.phase.name === "locking" ? enter(state, closing) : end(state, ending)
}

/** Ends the run with a failure before anything in the cluster was changed, or with what it went back for. */
export function fail(state: DeployState, failure: DeployFailure): Step {
  const { trouble = null, clues = null } = state.setback ?? {}
  return close(state, { type: "failed", failure, trouble, clues })
}

/** The lock was not granted. */
export function onLockRefused(state: DeployState, why: DeployFailure): Step {
  const { phase, lock } = state
  if (phase.name === "locking")
    return end(state, { type: "failed", failure: why, trouble: null, clues: null })
  return phase.name === "closing" && lock.status === "none" ? end(state, phase.ending) : stay(state)
}

export function onUnlocked(state: DeployState, why: string | null): Step {
  const { phase } = state
  if (phase.name !== "closing") return stay(state)
  const told = stay(state, ...(why === null ? [] : [tell({ type: "lock-left", why })]))
  return andThen(told, (next) => end(next, phase.ending))
}

export function closingTime(state: DeployState): Step {
  if (state.phase.name !== "closing" || state.nowMs < state.phase.untilMs) return stay(state)
  return onUnlocked(state, "the cluster did not answer")
}

function end(state: DeployState, ending: Ending): Step {
  const { job } = state
  return enter(
    state,
    { name: "ended", ending },
    tell({ type: "ended", ending, standing: outcomeOf(state), workloads: workloadEnds(state), job }),
  )
}
