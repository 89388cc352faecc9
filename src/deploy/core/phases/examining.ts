import { hintFor } from "../doom.ts"
import { goBack } from "../goal.ts"
import type { Setback } from "../state.ts"
import { fail, go, type In, type PhaseModule, stay } from "../transition.ts"

/** A rollout is doomed: its container is looked at before the run goes back. */
export const examining: PhaseModule<"examining"> = {
  on(state, event) {
    if (event.type === "unwatchable") return fail(state, event.failure)
    if (event.type !== "examined") return null
    const { clues } = event
    const setback = setbackOf(state)
    const hint = setback.trouble === null ? setback.failure.hint : hintFor(setback.trouble.reason, clues)
    return goBack(state, { ...setback, failure: { ...setback.failure, hint }, clues }, state.phase.from)
  },

  time(state) {
    const { nowMs, phase } = state
    return nowMs < phase.untilMs ? stay(state) : goBack(state, setbackOf(state), phase.from)
  },

  blind(state) {
    return go({ ...state, setback: null }, state.phase.from)
  },
}

function setbackOf({ setback }: In<"examining">): Setback {
  if (setback === null) throw new Error("a rollout is examined since it fails")
  return setback
}
