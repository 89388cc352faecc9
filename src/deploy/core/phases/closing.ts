import { takeLock } from "../lock.ts"
import { go, type In, type PhaseModule, stay, type Turn, tell } from "../transition.ts"

/** How long giving back the lock may take. */
const unlockMs = 10_000

/** Gives back the lock. One that was asked for is waited for: it may still be granted. */
export const closing: PhaseModule<"closing"> = {
  enter(state) {
    const { lock, nowMs, phase } = state
    const waiting = { ...state, phase: { ...phase, untilMs: nowMs + unlockMs } }
    if (lock.status === "held") return stay(waiting, { do: "unlock" })
    return lock.status === "asked" ? stay(waiting) : over(state)
  },

  on(state, event) {
    switch (event.type) {
      case "unlocked":
        return unlocked(state, event.why)
      case "locked":
        // It came too late: the run that waited for it is leaving.
        return state.lock.status === "asked"
          ? stay(takeLock(state, event.renewAfterMs), { do: "unlock" })
          : null
      case "lock-refused":
        return state.lock.status === "asked" ? over(state) : null
      case "lock-lost":
      case "interrupted":
        return stay(state)
      default:
        return null
    }
  },

  time(state) {
    return state.nowMs < state.phase.untilMs ? stay(state) : unlocked(state, "the cluster did not answer")
  },
}

function unlocked(state: In<"closing">, why: string | null): Turn {
  return over(state, ...(why === null ? [] : [tell({ type: "lock-left", why })]))
}

function over(state: In<"closing">, ...effects: readonly ReturnType<typeof tell>[]): Turn {
  return go(state, { name: "ended", ending: state.phase.ending }, ...effects)
}
