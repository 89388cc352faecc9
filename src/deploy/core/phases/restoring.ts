import { awaiting, cutShort, isToSend, sent, triedAgain, whenDue } from "../again.ts"
import { deleteBroken, revertEnd, toReplace } from "../back.ts"
import type { Effect } from "../effect.ts"
import type { DeployEvent } from "../event.ts"
import { beginBack, toRestore } from "../goal.ts"
import type { DeployState, Setback, Target } from "../state.ts"
import {
  andThen,
  fail,
  go,
  type PhaseModule,
  stay,
  type Turn,
  tell,
  withTarget,
  withTargets,
} from "../transition.ts"
import { forgetDeaths, withWanted } from "../watching.ts"

/**
 * Gives workloads back what they had, all at once, and deletes what stands in the way. Both go on by entering the
 * phase again.
 */
export const restoring: PhaseModule<"restoring"> = {
  changes: true,

  enter(state) {
    const { setback } = state
    if (setback === null) throw new Error("a run goes back for a reason")
    const isBegun = state.targets.some(({ stage }) => stage === "restoring" || stage === "back")
    return isBegun ? andThen(sendAgain(state), replaceBroken) : begin(state, setback)
  },

  on(state, event) {
    switch (event.type) {
      case "patched":
      case "patch-failed":
        if (event.did !== "restore" || awaiting(state, event) === null) return null
        return event.type === "patched" ? onRestored(state, event) : onNotRestored(state, event)
      case "lock-lost":
      case "interrupted":
      case "unwatchable":
        return whenAllAnswered(state)
      default:
        return null
    }
  },

  time(state) {
    return whenDue(state, "restoring", { name: "restoring", from: null })
  },
}

function begin(state: DeployState, setback: Setback): Turn {
  return andThen(beginBack(state, setback), (judged) => {
    const chosen = toRestore(judged)
    if (chosen.length === 0) return fail(judged, setback.failure)
    const going = withTargets(judged, (target) =>
      chosen.includes(target) ? { ...forgetDeaths(target, judged), stage: "restoring", again: null } : target,
    )
    const workloads = chosen.map(({ text }) => text)
    // What could not be seen on the way forward leaves no less time to give back.
    return stay(
      { ...going, blindMs: 0 },
      tell({ type: "going-back", workloads }),
      ...chosen.flatMap(restoreOf),
    )
  })
}

function restoreOf({ ref, to: from, before: to }: Target): readonly Effect[] {
  return to === null ? [] : [{ do: "restore", ref, from, to }]
}

function sendAgain(state: DeployState): Turn {
  const chosen = state.targets.filter((target) => target.stage === "restoring" && isToSend(target))
  const going = withTargets(state, (target) => (chosen.includes(target) ? sent(target) : target))
  return stay(going, ...chosen.flatMap(restoreOf))
}

function replaceBroken(state: DeployState): Turn {
  return andThen(deleteBroken(state, toReplace(state)), whenAllAnswered)
}

function onRestored(state: DeployState, event: Extract<DeployEvent, { type: "patched" }>): Turn {
  const { workload, given, generation, staleDeadline } = event
  const next = withTarget(state, workload, (target) => ({
    ...withWanted(target, { images: given, generation, staleDeadline }, state),
    stage: "back",
  }))
  return andThen(stay(next, tell({ type: "restored", workload })), whenAllAnswered)
}

function onNotRestored(state: DeployState, event: Extract<DeployEvent, { type: "patch-failed" }>): Turn {
  const { workload, failure: why, foreign } = event
  const target = awaiting(state, event)
  const again = foreign || target === null ? null : triedAgain(target, why, state)
  if (again !== null) return whenAllAnswered(withTarget(state, workload, () => again))
  const stage = foreign ? "foreign" : "stuck"
  const stuckBy = foreign ? null : why.message
  const next = withTarget(state, workload, (one) => ({ ...one, stage, stuckBy, again: null }))
  return andThen(stay(next, tell({ type: "not-restored", workload, failure: why })), whenAllAnswered)
}

function whenAllAnswered(state: DeployState): Turn {
  const cut = cutShort(state, "restoring")
  if (cut !== null) return cut
  if (state.targets.some(({ stage }) => stage === "restoring")) return stay(state)
  return state.targets.some(({ stage }) => stage === "back")
    ? go(state, { name: "reverting" })
    : revertEnd(state)
}
