import { firstPhase } from "../goal.ts"
import { takeLock } from "../lock.ts"
import { andThen, fail, go, type PhaseModule, stay, tell } from "../transition.ts"

/** A free lock is granted sooner than this, in milliseconds. */
const waitedMs = 1_500

/** Waits for the lock of the environment. */
export const locking: PhaseModule<"locking"> = {
  enter(state) {
    return stay({ ...state, lock: { ...state.lock, status: "asked" } }, { do: "lock" })
  },

  on(state, event) {
    switch (event.type) {
      case "locked": {
        const held = takeLock(state, event.renewAfterMs)
        // The earlier holder of the lock may have changed what was checked.
        const isOld = state.atMs - state.phase.sinceMs >= waitedMs
        return andThen(stay(held, tell({ type: "locked" })), (next) =>
          isOld ? go(next, { name: "checking", ask: next.asks + 1 }) : firstPhase(next),
        )
      }
      case "lock-refused":
        return fail({ ...state, lock: { ...state.lock, status: "none" } }, event.failure)
      default:
        return null
    }
  },
}
