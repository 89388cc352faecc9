import type { DeployEvent } from "./event.ts"
import { type DeployState, noLock, type Renewal } from "./state.ts"
import { stay, type Turn, tell } from "./transition.ts"
import { isBlind } from "./watching.ts"

/** How soon a renewal that got no answer is tried again, in milliseconds. */
const againMs = 2_000
/** How soon one more is asked for when one is not answered, in milliseconds. */
const lostMs = 10_000
/**
 * For how long the answer to a renewal proves that the lock is held, from when it was asked for: nobody takes a Lease
 * that was renewed less than 30 s ago. Of the run's whole time, that in which it stood still too. In milliseconds.
 */
const provesMs = 20_000
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
  return { ...state, lock: { ...noLock, status: "held", renewAfterMs, renewAtMs, keptAtMs: nowMs } }
}

/** Renews the lock where that is due. */
export function renewInTime(state: DeployState): Turn {
  const { lock, atMs, nowMs, phase } = state
  if (lock.status !== "held" || nowMs < lock.renewAtMs || phase.name === "closing") return stay(state)
  const ask = state.asks + 1
  const renewing = [...lock.renewing.filter((one) => mayProve(one, state)), { ask, sentAtMs: atMs }]
  const asked = { ...lock, renewing, renewAtMs: nowMs + lostMs }
  return stay({ ...state, asks: ask, lock: asked }, { do: "renew-lock", ask })
}

/** Renews the lock now, where that is not asked for already. */
export function renewNow(state: DeployState): Turn {
  const { lock, nowMs } = state
  const isAsked = lock.renewing.some((one) => mayProve(one, state))
  return isAsked ? stay(state) : renewInTime({ ...state, lock: { ...lock, renewAtMs: nowMs } })
}

/** Whether an answer to it that comes now proves something. */
function mayProve({ sentAtMs }: Renewal, { atMs }: DeployState): boolean {
  return atMs - sentAtMs <= provesMs
}

/** Nothing is known of the lock any more, until a renewal is answered that was asked for a short time ago. */
export function doubtLock(state: DeployState): DeployState {
  const { lock, nowMs } = state
  if (lock.status !== "held") return state
  const renewing = lock.renewing.filter((one) => mayProve(one, state))
  const renewAtMs = renewing.length > 0 ? lock.renewAtMs : nowMs
  return { ...state, lock: { ...lock, keptAtMs: null, renewing, renewAtMs } }
}

/** What a renewal was answered. */
export function onRenewal(
  state: DeployState,
  event: Extract<DeployEvent, { type: "lock-renewed" | "lock-unsure" | "lock-lost" }>,
): Turn {
  const { lock, nowMs } = state
  switch (event.type) {
    case "lock-renewed": {
      const asked = lock.renewing.find(({ ask }) => ask === event.ask)
      if (asked === undefined || !mayProve(asked, state)) return stay(state)
      const renewing = lock.renewing.filter(({ ask }) => ask > event.ask)
      const renewAtMs = nowMs + lock.renewAfterMs
      return stay({ ...state, lock: { ...lock, renewing, renewAtMs, keptAtMs: nowMs } })
    }
    case "lock-unsure": {
      if (!lock.renewing.some(({ ask }) => ask === event.ask)) return stay(state)
      const renewing = lock.renewing.filter(({ ask }) => ask !== event.ask)
      const renewAtMs = renewing.length > 0 ? lock.renewAtMs : nowMs + againMs
      return stay({ ...state, lock: { ...lock, renewing, renewAtMs } })
    }
    case "lock-lost":
      if (lock.status !== "held") return stay(state)
      return stay(
        { ...state, lock: { ...noLock, status: "lost", lostTo: event.holder } },
        tell({ type: "lock-lost", holder: event.holder }),
      )
  }
}
