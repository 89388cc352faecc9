import { type Images, sameImages } from "../../../core/workload.ts"
import { awaiting, cutShort, isToSend, sent, triedAgain, whenDue } from "../again.ts"
import type { Effect } from "../effect.ts"
import type { DeployEvent } from "../event.ts"
import { goBack, imagesFor } from "../goal.ts"
import { type DeployFailure, failure } from "../plan.ts"
import type { DeployState, Target } from "../state.ts"
import {
  andThen,
  go,
  type PhaseModule,
  stay,
  type Turn,
  tell,
  withTarget,
  withTargets,
} from "../transition.ts"
import { forgetDeaths, isWatching, kindsOf, withWanted } from "../watching.ts"

/**
 * Gives workloads their images, all at once; CronJobs once the others are proven, since what they start is not seen.
 * A change that may pass is tried again by entering the phase again.
 */
export const patching: PhaseModule<"patching"> = {
  changes: true,

  enter(state) {
    const observe: readonly Effect[] = isWatching(state) ? [] : [{ do: "observe", kinds: kindsOf(state) }]
    const chosen = state.targets.some(({ stage }) => stage === "patching")
      ? state.targets.filter(isToSend)
      : nextOf(state)
    const going = withTargets(state, (target) => (chosen.includes(target) ? begun(target, state) : target))
    const patches = going.targets.flatMap((target, index): Effect[] => {
      const { ref, to, live } = target
      const isChosen = state.targets[index] !== target
      // A reseal has the code of what was found: it takes nobody else's back.
      const only = state.origin === null ? null : live
      return isChosen ? [{ do: "patch", ref, to, release: state.release, only }] : []
    })
    return andThen(stay(going, ...observe, ...patches), whenAllAnswered)
  },

  on(state, event) {
    switch (event.type) {
      case "patched":
      case "patch-failed":
        if (event.did !== "patch" || awaiting(state, event) === null) return null
        return event.type === "patched" ? onPatched(state, event) : onNotPatched(state, event)
      case "lock-lost":
      case "interrupted":
      case "unwatchable":
        return whenAllAnswered(state)
      default:
        return null
    }
  },

  time(state) {
    return whenDue(state, "patching", { name: "patching" })
  },
}

/** The workloads that are to be changed next. */
function nextOf({ targets }: DeployState): readonly Target[] {
  const left = targets.filter(({ stage }) => stage === "untouched")
  const first = left.filter(({ ref }) => ref.kind !== "CronJob")
  return first.length > 0 ? first : left
}

function begun(target: Target, state: DeployState): Target {
  const { release } = state
  if (target.stage === "patching") return sent(target)
  const to = release === null ? target.to : imagesFor(target, release)
  return { ...forgetDeaths(target, state), stage: "patching", to }
}

type Patched = Extract<DeployEvent, { type: "patched" }>

function onPatched(state: DeployState, event: Patched): Turn {
  const { workload, given, changed, generation, staleDeadline } = event
  const next = withTarget(state, workload, (target) => ({
    ...withWanted(target, { images: given, generation, staleDeadline }, state),
    stage: "forward",
    before: foundBefore(target, event),
    to: given,
  }))
  return andThen(stay(next, tell({ type: "patched", workload, changed })), whenAllAnswered)
}

/** One that has the images after a try that got no answer has them by that: it goes back to what was found. */
function foundBefore({ again, live }: Target, { before, given }: Patched): Images | null {
  return again !== null && before !== null && sameImages(before, given) ? live : before
}

/** A patch that may or may not have been taken is taken back like the others. */
function onNotPatched(state: DeployState, event: Extract<DeployEvent, { type: "patch-failed" }>): Turn {
  const { workload, failure: why, foreign } = event
  const target = awaiting(state, event)
  const again = foreign || target === null ? null : triedAgain(target, why, state)
  if (again !== null) return whenAllAnswered(withTarget(state, workload, () => again))
  const next = withTarget(state, workload, (one) => ({
    ...one,
    stage: foreign ? "foreign" : "unsure",
    before: one.live,
    again: null,
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

function whenAllAnswered(state: DeployState): Turn {
  const cut = cutShort(state, "patching")
  if (cut !== null) return cut
  const open = state.targets.filter(({ stage }) => stage === "patching")
  if (state.setback !== null) return goBack(unsure(state, open), state.setback, null)
  return open.length > 0 ? stay(state) : go(state, { name: "rolling", hooked: false })
}

/** Of what was to be tried again, nobody knows what became of it. */
function unsure(state: DeployState, open: readonly Target[]): DeployState {
  return withTargets(state, (target) =>
    open.includes(target) ? { ...target, stage: "unsure", before: target.live, again: null } : target,
  )
}
