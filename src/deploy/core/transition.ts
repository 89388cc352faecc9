import { printable } from "../../core/text.ts"
import type { Effect } from "./effect.ts"
import type { DeployEvent } from "./event.ts"
import { type DeployFailure, failure } from "./plan.ts"
import type { Ending, Progress } from "./progress.ts"
import { type DeployState, nobody, type Phase, type Target } from "./state.ts"

/** What follows from an event: the next state, and what is to be done. */
export interface Step {
  readonly state: DeployState
  readonly effects: readonly Effect[]
}

/** What a phase makes of something: as a {@link Step}, and the phase that follows. `step` alone enters it. */
export interface Turn extends Step {
  /** `null` to stay. */
  readonly next: Phase | null
}

export type PhaseName = Phase["name"]

/** A run that stands in the phase of this name. */
export type In<N extends PhaseName> = DeployState & { readonly phase: Extract<Phase, { name: N }> }

/** All that is known of one phase. It knows other phases by their names alone. */
export interface PhaseModule<N extends PhaseName> {
  /**
   * Whether what it does on its entry changes the cluster. It is not entered before the lock was confirmed since the
   * run was last blind (`mayChange`): `step` puts the phase `confirming` before it.
   */
  readonly changes?: true
  /** The run comes to it, from another phase or from itself. */
  enter?(state: In<N>): Turn
  /** Something happened. @returns `null` where what holds for all phases is enough. */
  on?(state: In<N>, event: DeployEvent): Turn | null
  /** Time went on. */
  time?(state: In<N>): Turn
  /** From now on the cluster cannot be seen, or the run stood still: what was judged before counts no more. */
  blind?(state: In<N>): Turn
}

export function stay(state: DeployState, ...effects: readonly Effect[]): Turn {
  return { state, effects, next: null }
}

export function go(state: DeployState, next: Phase, ...effects: readonly Effect[]): Turn {
  return { state, effects, next }
}

/** One after the other, while the first one stays. */
export function andThen(turn: Turn, then: (state: DeployState) => Turn): Turn {
  if (turn.next !== null) return turn
  const { state, effects, next } = then(turn.state)
  return { state, effects: [...turn.effects, ...effects], next }
}

/** Ends the run once its lock is given back. */
export function end(state: DeployState, ending: Ending): Turn {
  return go(state, { name: "closing", ending, untilMs: state.nowMs })
}

/** Ends the run with a failure, and with what it went back for. */
export function fail(state: DeployState, why: DeployFailure): Turn {
  const { trouble = null, clues = null } = state.setback ?? {}
  return end(state, { type: "failed", failure: why, trouble, clues })
}

/** Ends a run that was interrupted. What was begun goes on. */
export function endInterrupted(state: DeployState, buildStopped = false): Turn {
  return end(state, { type: "interrupted", signal: state.interrupt ?? "SIGINT", buildStopped })
}

/** Ends a run whose lock is not its own any more: nothing more is changed, not even back. */
export function failWithoutLock(state: DeployState): Turn {
  const { environment } = state.plan
  const { lostTo } = state.lock
  return fail(
    state,
    failure(
      "LOCK_LOST",
      lostTo === nobody
        ? `the lock of ${environment} was deleted while this run had it`
        : `another deploy of ${environment} has taken the lock: ${printable(lostTo ?? "")}`,
      `see what runs before you deploy again: envseal status ${environment}`,
    ),
  )
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
  return withTargets(state, (target) => (target.text === text ? change(target) : target))
}

/** The state with all of its targets changed. */
export function withTargets(state: DeployState, change: (target: Target) => Target): DeployState {
  return { ...state, targets: state.targets.map(change) }
}

export function findTarget({ targets }: DeployState, text: string): Target | null {
  return targets.find((target) => target.text === text) ?? null
}
