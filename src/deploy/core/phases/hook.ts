import { goBack, newImages } from "../goal.ts"
import type { DeployState, Phase } from "../state.ts"
import { fail, go, type In, type PhaseModule, stay, tell, withTargets } from "../transition.ts"

/** Runs a hook. The phase is entered for each of them. */
export const hook: PhaseModule<"hook"> = {
  changes: true,

  enter(state) {
    const { release, phase } = state
    const name = nameOf(state)
    if (release === null) throw new Error("a hook runs with the image of a release")
    return stay(state, tell({ type: "hook-started", hook: name }), {
      do: "run-hook",
      when: phase.when,
      name,
      release,
      images: newImages(state, release),
    })
  },

  on(state, event) {
    if (event.type !== "hook-began" && event.type !== "hook-ended" && event.type !== "hook-failed")
      return null
    if (event.hook !== nameOf(state)) return null
    switch (event.type) {
      case "hook-began":
        return stay({ ...state, job: event.job })
      case "hook-ended": {
        const next = { ...state, job: null }
        return go(fresh(next), after(state), tell({ type: "hook-ended", hook: event.hook }))
      }
      case "hook-failed": {
        const next = event.over ? { ...state, job: null } : state
        const { failure } = event
        return state.phase.when === "before"
          ? fail(next, failure)
          : goBack(next, { failure, trouble: null, clues: null }, null)
      }
    }
  },
}

function nameOf({ plan, phase: { when, index } }: In<"hook">): string {
  return plan.hooks[when][index] ?? ""
}

function after({ plan, phase: { when, index } }: In<"hook">): Phase {
  if (index + 1 < plan.hooks[when].length) return { name: "hook", when, index: index + 1 }
  return when === "before" ? { name: "patching" } : { name: "rolling", hooked: true }
}

/** However long a hook took, what rolls out has all its time again. */
function fresh(state: DeployState): DeployState {
  const { nowMs } = state
  return withTargets(state, (target) => ({ ...target, sinceMs: nowMs, movedAtMs: nowMs }))
}
