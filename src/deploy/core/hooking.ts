import { fail } from "./closing.ts"
import { changeWhenLocked } from "./confirming.ts"
import { goBack } from "./going-back.ts"
import { enterHook } from "./hooks.ts"
import type { DeployFailure } from "./plan.ts"
import { rollOn } from "./rolling.ts"
import type { DeployState, Phase } from "./state.ts"
import { andThen, type Step, stay, tell } from "./transition.ts"

type Hooking = Extract<Phase, { name: "hook" }>

/** @param job the Job that runs it, which goes on even when this run ends. */
export function onHookBegan(state: DeployState, job: string): Step {
  return stay({ ...state, job })
}

export function onHookEnded(state: DeployState, { when, index }: Hooking): Step {
  const hook = state.plan.hooks[when][index] ?? ""
  const told = stay({ ...state, job: null }, tell({ type: "hook-ended", hook }))
  return andThen(told, (next) => {
    const another = enterHook(next, when, index + 1)
    if (another !== null) return another
    return when === "before" ? changeWhenLocked(next, "patches") : rollOn(next)
  })
}

/** @param over whether its Job has ended too. */
export function onHookFailed(
  before: DeployState,
  { when }: Hooking,
  why: DeployFailure,
  over: boolean,
): Step {
  const state = over ? { ...before, job: null } : before
  if (when === "before") return fail(state, why)
  return goBack(state, { failure: why, trouble: null, clues: null })
}
