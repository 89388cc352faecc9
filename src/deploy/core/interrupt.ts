import { letGo } from "./building.ts"
import { close, fail } from "./closing.ts"
import { type DeployFailure, failure, type Signal } from "./plan.ts"
import type { DeployState } from "./state.ts"
import { andThen, enter, type Step, stay, tell } from "./transition.ts"

/** How long stopping a build may take. */
const stopMs = 15_000

/**
 * Somebody wants the run to end. What was begun in the cluster goes on; answers to earlier requests are still read. A
 * second interrupt while a build runs stops the build.
 */
export function onInterrupted(before: DeployState, signal: Signal): Step {
  const state = { ...before, interrupt: before.interrupt ?? signal }
  const { phase } = state
  switch (phase.name) {
    case "building":
      return letGo(state, phase.id)
    case "leaving":
      // Only a person who asks again means the build as well.
      if (signal !== "SIGINT") return gone(state, false)
      return enter(
        state,
        { name: "stopping", build: phase.build, untilMs: state.nowMs + stopMs },
        { do: "stop-build", id: phase.build },
      )
    case "draining":
      return fail(state, phase.failure)
    case "starting":
    case "patching":
    case "restoring":
    case "stopping":
    case "closing":
    case "ended":
      return stay(state)
    case "checking":
    case "locking":
    case "imaging":
    case "confirming":
    case "hook":
    case "rolling":
    case "examining":
    case "reverting":
      return close(state, { type: "interrupted", signal, buildStopped: false })
  }
}

export function leavingTime(state: DeployState): Step {
  const { phase, nowMs } = state
  if (phase.name === "leaving" && nowMs >= phase.untilMs) return gone(state, false)
  if (phase.name === "stopping" && nowMs >= phase.untilMs) {
    const why = failure("REMOTE_FAILED", "CodeBuild did not answer")
    return onBuildStopped(state, why)
  }
  return stay(state)
}

/** @param why it could not be stopped; `null` when it was. */
export function onBuildStopped(state: DeployState, why: DeployFailure | null): Step {
  const { phase } = state
  if (phase.name !== "stopping") return stay(state)
  const told = stay(state, tell({ type: "build-stopped", build: phase.build, failure: why }))
  return andThen(told, (next) => gone(next, why === null))
}

function gone(state: DeployState, buildStopped: boolean): Step {
  return close(state, { type: "interrupted", signal: state.interrupt ?? "SIGINT", buildStopped })
}
