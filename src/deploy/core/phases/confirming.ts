import { recordMs } from "../again.ts"
import { isBlindTooLong } from "../doom.ts"
import type { DeployEvent } from "../event.ts"
import { isDeleting } from "../job-deletion.ts"
import { mayChange, renewNow } from "../lock.ts"
import { failure } from "../plan.ts"
import type { DeployState } from "../state.ts"
import { end, fail, failWithoutLock, go, type In, type PhaseModule, stay, type Turn } from "../transition.ts"
import { isBlind, isWatching, sightedMs } from "../watching.ts"

/** A run that is proven is over at these. */
const endsProving: readonly DeployEvent["type"][] = ["lock-lost", "interrupted", "unwatchable"]

/**
 * Before the cluster is changed: a machine that slept does not notice how long, and somebody else may have taken the
 * lock meanwhile.
 */
export const confirming: PhaseModule<"confirming"> = {
  enter: confirm,

  on(state, { type }) {
    // What is only written down is proven without it.
    if (state.phase.next.name === "proving" && endsProving.includes(type))
      return end(state, { type: "deployed" })
    // It will not see again, and changes nothing unseen.
    if (type === "unwatchable" && state.unwatchable !== null && isBlind(state))
      return fail(state, state.unwatchable)
    if (type === "lock-renewed") return mayChange(state) ? go(state, state.phase.next) : null
    return type === "seen" && isWatching(state) ? confirm(state) : null
  },

  time(state) {
    const { nowMs, plan, phase } = state
    if (phase.next.name === "proving" && nowMs - phase.next.sinceMs >= recordMs)
      return isDeleting(state) ? stay(state) : end(state, { type: "deployed" })
    const isSilent = sightedMs(state) - phase.seenMs >= plan.limits.silenceMs
    return isSilent || isBlindTooLong(state) ? giveUp(state) : stay(state)
  },

  blind(state) {
    const { next } = state.phase
    // What it goes back for was judged by what was seen before.
    return next.name === "restoring" && next.from !== null
      ? go({ ...state, setback: null }, next.from)
      : stay(state)
  },
}

function confirm(state: In<"confirming">): Turn {
  if (mayChange(state)) return go(state, state.phase.next)
  return state.lock.status === "lost" ? failWithoutLock(state) : renewNow(state)
}

function giveUp(state: DeployState): Turn {
  const cause = isBlind(state) ? "the cluster could not be seen" : "the lock could not be renewed"
  const hint = "can the cluster be reached from here? kubectl cluster-info"
  if (!isWatching(state))
    return fail(state, failure("REMOTE_FAILED", `${cause}, so nothing was changed`, hint))
  const { setback } = state
  if (setback === null)
    return fail(state, failure("REMOTE_FAILED", `${cause}, so nothing more was changed`, hint))
  const why = `${setback.failure.message}; and ${cause}, so nothing more was given back`
  return fail(state, failure("ROLLBACK_FAILED", why, hint))
}
