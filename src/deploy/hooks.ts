import type { DeployState } from "./state.ts"
import { enter, type Step, tell } from "./transition.ts"

/** Starts a hook. @returns `null` when there is none of that number. */
export function runHook(state: DeployState, when: "before" | "after", index: number): Step | null {
  const name = state.plan.hooks[when][index]
  if (name === undefined || state.release === null) return null
  return enter(state, { name: "hook", when, index }, tell({ type: "hook-started", hook: name }), {
    do: "run-hook",
    when,
    name,
    release: state.release,
  })
}
