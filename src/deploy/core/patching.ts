import type { Images } from "../../core/workload.ts"
import { close, fail } from "./closing.ts"
import type { Effect } from "./effect.ts"
import { goBack } from "./going-back.ts"
import { imagesFor } from "./hooks.ts"
import { failWithoutLock } from "./lock-keeping.ts"
import { type DeployFailure, failure } from "./plan.ts"
import { judgeView } from "./rolling.ts"
import type { DeployState } from "./state.ts"
import { andThen, enter, type Step, stay, tell, withTarget } from "./transition.ts"

/**
 * Gives every workload its new images, all at once.
 *
 * @param kept workloads that keep what they have.
 */
export function patchAll(state: DeployState, kept: readonly string[] = []): Step {
  const targets = state.targets.map((target) => ({
    ...target,
    stage: "patching" as const,
    to: kept.includes(target.text) ? target.live : imagesFor(target, state.release),
  }))
  const patches = targets.map(({ ref, to }): Effect => ({ do: "patch", ref, to, release: state.release }))
  const kinds = [...new Set(targets.map(({ ref }) => ref.kind))]
  return enter({ ...state, targets }, { name: "patching" }, { do: "observe", kinds }, ...patches)
}

export interface Patched {
  readonly workload: string
  readonly before: Images | null
  readonly changed: boolean
  readonly generation: number
  readonly staleDeadline: string | null
}

export function onPatched(state: DeployState, patched: Patched): Step {
  const { workload, before, changed, generation, staleDeadline } = patched
  const next = withTarget(state, workload, (target) => ({
    ...target,
    stage: "forward",
    before,
    wanted: { images: target.to, generation, staleDeadline },
    sinceMs: state.nowMs,
    movedAtMs: state.nowMs,
  }))
  return andThen(stay(next, tell({ type: "patched", workload, changed })), whenAllAnswered)
}

/** A patch that may or may not have been taken is taken back like the others. */
export function onNotPatched(
  state: DeployState,
  workload: string,
  why: DeployFailure,
  foreign: boolean,
): Step {
  const next = withTarget(state, workload, (target) => ({
    ...target,
    stage: foreign ? "foreign" : "unsure",
    before: target.live,
  }))
  const setback = { failure: notPatched(workload, why, foreign), trouble: null, clues: null }
  return whenAllAnswered({ ...next, setback: state.setback ?? setback })
}

function notPatched(workload: string, why: DeployFailure, foreign: boolean): DeployFailure {
  return failure(
    foreign ? "SUPERSEDED" : "ROLLOUT_FAILED",
    `${workload} could not be given the new image: ${why.message}`,
    why.hint,
  )
}

function whenAllAnswered(state: DeployState): Step {
  if (state.targets.some(({ stage }) => stage === "patching")) return stay(state)
  if (state.lock.status === "lost") return failWithoutLock(state)
  if (state.unwatchable !== null) return fail(state, state.unwatchable)
  if (state.interrupt !== null) {
    return close(state, { type: "interrupted", signal: state.interrupt, buildStopped: false })
  }
  if (state.setback !== null) return goBack(state, state.setback)
  return andThen(enter(state, { name: "rolling", hooked: false }), judgeView)
}
