import { fail, type PhaseModule, stay } from "../transition.ts"

/** The build failed: the run ends once the rest of its log is shown. */
export const draining: PhaseModule<"draining"> = {
  enter(state) {
    return stay(state, { do: "drain-log" })
  },

  on(state, { type }) {
    return type === "log-drained" || type === "interrupted" ? fail(state, state.phase.failure) : null
  },

  time(state) {
    return state.nowMs < state.phase.untilMs ? stay(state) : fail(state, state.phase.failure)
  },
}
