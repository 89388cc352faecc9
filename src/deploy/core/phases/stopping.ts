import { type DeployFailure, failure } from "../plan.ts"
import { andThen, endInterrupted, type In, type PhaseModule, stay, type Turn, tell } from "../transition.ts"

/** Stops the build, and ends the run. */
export const stopping: PhaseModule<"stopping"> = {
  enter(state) {
    return stay(state, { do: "stop-build", id: state.phase.build })
  },

  on(state, event) {
    if (event.type === "build-stopped") return stopped(state, event.failure)
    return event.type === "interrupted" ? stay(state) : null
  },

  time(state) {
    if (state.nowMs < state.phase.untilMs) return stay(state)
    return stopped(state, failure("REMOTE_FAILED", "CodeBuild did not answer"))
  },
}

/** @param why it could not be stopped; `null` when it was. */
function stopped(state: In<"stopping">, why: DeployFailure | null): Turn {
  const told = stay(state, tell({ type: "build-stopped", build: state.phase.build, failure: why }))
  return andThen(told, (next) => endInterrupted(next, why === null))
}
