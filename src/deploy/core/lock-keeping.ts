import { fail } from "./closing.ts"
import { failure } from "./plan.ts"
import { type DeployState, noLock } from "./state.ts"
import { andThen, type Step, stay, tell } from "./transition.ts"

/** How soon a renewal that got no answer is tried again. */
const againMs = 2_000

export function takeLock(state: DeployState, renewAfterMs: number): DeployState {
  const { nowMs } = state
  return {
    ...state,
    lock: { status: "held", renewAfterMs, renewAtMs: nowMs + renewAfterMs, keptAtMs: nowMs, renewing: null },
  }
}

export function lockTime(state: DeployState): Step {
  const { lock, nowMs, phase } = state
  const due = lock.status === "held" && lock.renewing === null && nowMs >= lock.renewAtMs
  if (!due || phase.name === "closing") return stay(state)
  const ask = state.asks + 1
  return stay({ ...state, asks: ask, lock: { ...lock, renewing: ask } }, { do: "renew-lock", ask })
}

export function onLockKept(state: DeployState, ask: number, sure: boolean): Step {
  const { lock, nowMs } = state
  if (lock.renewing !== ask) return stay(state)
  const renewAtMs = nowMs + (sure ? lock.renewAfterMs : againMs)
  const keptAtMs = sure ? nowMs : lock.keptAtMs
  return stay({ ...state, lock: { ...lock, renewing: null, renewAtMs, keptAtMs } })
}

/**
 * Somebody else holds the lock now: nothing more is changed, not even back.
 *
 * @param holder who has it.
 */
export function onLockLost(state: DeployState, holder: string): Step {
  if (state.lock.status !== "held") return stay(state)
  const lost: DeployState = { ...state, lock: { ...noLock, status: "lost" } }
  const told = stay(lost, tell({ type: "lock-lost", holder }))
  // Answers to earlier requests are still to come.
  if (["starting", "patching", "restoring", "closing"].includes(state.phase.name)) return told
  return andThen(told, failWithoutLock)
}

export function failWithoutLock(state: DeployState): Step {
  return fail(
    state,
    failure(
      "LOCK_LOST",
      `another deploy of ${state.plan.environment} has taken the lock`,
      `see what runs before you deploy again: envseal status ${state.plan.environment}`,
    ),
  )
}
