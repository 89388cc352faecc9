import type { DeployEvent } from "./event.ts"
import { type DeployState, noLock } from "./state.ts"
import { stay, type Turn, tell } from "./transition.ts"
import { isBlind } from "./watching.ts"

/** How soon a renewal that got no answer is tried again, in milliseconds. */
const againMs = 2_000
/** How soon one is asked for again that was not even answered, in milliseconds. */
const lostMs = 10_000
/** A lock that was confirmed so recently is still held, in milliseconds. */
const freshMs = 2_000

/**
 * True when the cluster may be changed now: the lock was confirmed in the last moment, and since the run was last
 * blind; and what is changed can be seen.
 */
export function mayChange(state: DeployState): boolean {
  const { lock, nowMs } = state
  return (
    lock.status === "held" && lock.keptAtMs !== null && nowMs - lock.keptAtMs < freshMs && !isBlind(state)
  )
}

export function takeLock(state: DeployState, renewAfterMs: number): DeployState {
  const { nowMs } = state
  const renewAtMs = nowMs + renewAfterMs
  return { ...state, lock: { status: "held", renewAfterMs, renewAtMs, keptAtMs: nowMs, renewing: null } }
}

/** Renews the lock where that is due. */
export function renewInTime(state: DeployState): Turn {
  const { lock, nowMs, phase } = state
  if (lock.status !== "held" || nowMs < lock.renewAtMs || phase.name === "closing") return stay(state)
  const ask = state.asks + 1
  const asked = { ...lock, renewing: ask, renewAtMs: nowMs + lostMs }
  return stay({ ...state, asks: ask, lock: asked }, { do: "renew-lock", ask })
}

/** Renews the lock now, where that is not asked for already. */
export function renewNow(state: DeployState): Turn {
  const { lock, nowMs } = state
  return lock.renewing === null ? renewInTime({ ...state, lock: { ...lock, renewAtMs: nowMs } }) : stay(state)
}

/**
 * Nothing is known of the lock any more. A renewal that is still to be answered may have been granted before, so its
 * answer proves nothing.
 */
export function doubtLock(state: DeployState): DeployState {
  const { lock, nowMs } = state
  if (lock.status !== "held") return state
  return { ...state, lock: { ...lock, keptAtMs: null, renewing: null, renewAtMs: nowMs } }
}

/** What a renewal was answered. */
export function onRenewal(
  state: DeployState,
  event: Extract<DeployEvent, { type: "lock-renewed" | "lock-unsure" | "lock-lost" }>,
): Turn {
  const { lock, nowMs } = state
  switch (event.type) {
    case "lock-renewed":
      if (lock.renewing !== event.ask) return stay(state)
      return stay({
        ...state,
        lock: { ...lock, renewing: null, renewAtMs: nowMs + lock.renewAfterMs, keptAtMs: nowMs },
      })
    case "lock-unsure":
      if (lock.renewing !== event.ask) return stay(state)
      return stay({ ...state, lock: { ...lock, renewing: null, renewAtMs: nowMs + againMs } })
    case "lock-lost":
      if (lock.status !== "held") return stay(state)
      return stay(
        { ...state, lock: { ...noLock, status: "lost" } },
        tell({ type: "lock-lost", holder: event.holder }),
      )
  }
}
