import { printable } from "../../../core/text.ts"
import { revertEnd, toReplace } from "../back.ts"
import { blindEnd, doomOf, pausedFor } from "../doom.ts"
import { failure } from "../plan.ts"
import type { DeployState, Target } from "../state.ts"
import { andThen, fail, go, type In, type PhaseModule, stay, type Turn, withTargets } from "../transition.ts"
import type { Trouble } from "../verdict.ts"
import { isBlind, judgeTargets } from "../watching.ts"

/** Watches how what was given back rolls out, until all of it is proven. */
export const reverting: PhaseModule<"reverting"> = {
  enter: look,

  on(state, event) {
    if (event.type === "seen") return look(state)
    return event.type === "unwatchable" ? fail(state, event.failure) : null
  },

  time(state) {
    return blindEnd(state) ?? look(state)
  },
}

function look(state: In<"reverting">): Turn {
  if (state.view === null || isBlind(state)) return stay(state)
  return andThen(judgeTargets(state, "back"), decide)
}

function decide(state: DeployState): Turn {
  const left = withTargets(state, (target) => (isTheirs(target) ? { ...target, stage: "foreign" } : target))
  if (toReplace(left).length > 0) return go(left, { name: "restoring", from: null })
  const going = left.targets.filter(({ stage, verdict }) => stage === "back" && verdict?.type !== "done")
  if (going.length === 0) return revertEnd(left)
  const doomed = going.flatMap((target) => {
    const trouble = doomOf(target, left)
    return trouble === null ? [] : [{ target, trouble }]
  })[0]
  return doomed === undefined ? stay(left) : failToGoBack(left, doomed.target, doomed.trouble)
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
