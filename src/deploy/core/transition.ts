import type { Effect } from "./effect.ts"
import type { Progress } from "./progress.ts"
import type { DeployState, Phase, Target } from "./state.ts"

/** What follows from an event: the next state, and what is to be done. */
export interface Step {
  readonly state: DeployState
  readonly effects: readonly Effect[]
}

export function stay(state: DeployState, ...effects: readonly Effect[]): Step {
  return { state, effects }
}

export function enter(state: DeployState, phase: Phase, ...effects: readonly Effect[]): Step {
  return { state: { ...state, phase }, effects }
}

/** One after the other. */
export function andThen({ state, effects }: Step, next: (state: DeployState) => Step): Step {
  const step = next(state)
  return { state: step.state, effects: [...effects, ...step.effects] }
}

export function tell(progress: Progress): Effect {
  return { do: "tell", progress }
}

/** The state with one of its targets changed. */
export function withTarget(
  state: DeployState,
  text: string,
  change: (target: Target) => Target,
): DeployState {
  return {
    ...state,
    targets: state.targets.map((target) => (target.text === text ? change(target) : target)),
  }
}

export function findTarget({ targets }: DeployState, text: string): Target | null {
  return targets.find((target) => target.text === text) ?? null
}
