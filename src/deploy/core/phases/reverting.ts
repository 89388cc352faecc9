import { printable } from "../../../core/text.ts"
import { revertEnd, toReplace } from "../back.ts"
import { blindEnd, doomOf, pausedFor } from "../doom.ts"
import { isDeleting } from "../job-deletion.ts"
import { failure } from "../plan.ts"
import type { DeployState, Target } from "../state.ts"
import { andThen, fail, go, type In, type PhaseModule, stay, type Turn, withTargets } from "../transition.ts"
import type { Trouble } from "../verdict.ts"
import { isBlind, judgeTargets } from "../watching.ts"

/** Watches how what was given back rolls out, until all of it is proven, and Jobs in the way are deleted. */
export const reverting: PhaseModule<"reverting"> = {
  enter: look,

  on(state, event) {
    if (event.type === "seen" || event.type === "job-deleted") return look(state)
    if (event.type !== "unwatchable") return null
    return goingBack(state).length === 0 ? endOnceDeleted(state) : fail(state, event.failure)
  },

  time(state) {
    return blindEnd(state) ?? look(state)
  },
}

function look(state: In<"reverting">): Turn {
  // What was proven, and waits for a Job to be deleted, need not be seen.
  if (state.view === null || isBlind(state))
    return goingBack(state).length === 0 ? endOnceDeleted(state) : stay(state)
  return andThen(judgeTargets(state, "back"), decide)
}

function decide(state: DeployState): Turn {
  const left = withTargets(state, (target) => (isTheirs(target) ? { ...target, stage: "foreign" } : target))
  if (toReplace(left).length > 0) return go(left, { name: "restoring", from: null })
  const going = goingBack(left)
  if (going.length === 0) return endOnceDeleted(left)
  const doomed = going.flatMap((target) => {
    const trouble = doomOf(target, left)
    return trouble === null ? [] : [{ target, trouble }]
  })[0]
  return doomed === undefined ? stay(left) : failToGoBack(left, doomed.target, doomed.trouble)
}

function goingBack({ targets }: DeployState): readonly Target[] {
  return targets.filter(({ stage, verdict }) => stage === "back" && verdict?.type !== "done")
}

function endOnceDeleted(state: DeployState): Turn {
  return isDeleting(state) ? stay(state) : revertEnd(state)
}

/** Whether somebody else has changed what was given back. */
function isTheirs({ stage, verdict }: Target): boolean {
  return stage === "back" && (verdict?.type === "foreign" || verdict?.type === "gone")
}

function failToGoBack(state: DeployState, stalled: Target, { reason, pod }: Trouble): Turn {
  const why = state.setback?.failure.message ?? "the rollout failed"
  const where = pod === null ? "" : `pod ${pod}: `
  const waits =
    stalled.verdict?.type === "progressing"
      ? `: it waits for ${pausedFor(stalled, state) ?? stalled.verdict.waitsFor}`
      : `: ${where}${printable(reason)}`
  return fail(
    state,
    failure(
      "ROLLBACK_FAILED",
      `${why}; and ${stalled.text} did not come back to what it ran before${waits}`,
      `look at it: kubectl rollout status ${stalled.text}`,
    ),
  )
}
