import { endInterrupted, go, type PhaseModule, stay } from "../transition.ts"

/** How long stopping a build may take. */
const stopMs = 15_000

/** Interrupted while a build runs, which goes on; a second interrupt of a person stops it too. */
export const leaving: PhaseModule<"leaving"> = {
  on(state, event) {
    if (event.type !== "interrupted") return null
    if (event.signal !== "SIGINT") return endInterrupted(state)
    return go(state, { name: "stopping", build: state.phase.build, untilMs: state.nowMs + stopMs })
  },

  time(state) {
    return state.nowMs < state.phase.untilMs ? stay(state) : endInterrupted(state)
  },
}
