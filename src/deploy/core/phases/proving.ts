import { sameImages } from "../../../core/workload.ts"
import { againMs, answerMs, mayPass, recordMs } from "../again.ts"
import { deleteBroken, stuckJobs } from "../back.ts"
import type { Effect } from "../effect.ts"
import type { DeployEvent } from "../event.ts"
import { isDeleting } from "../job-deletion.ts"
import type { DeployState } from "../state.ts"
import { andThen, end, go, type In, type PhaseModule, stay, type Turn } from "../transition.ts"

/**
 * Writes down that the release is proven, so that a later run goes back to it. A rollback deletes Jobs of what it went
 * back from that keep CronJobs from starting others, and waits until they are.
 */
export const proving: PhaseModule<"proving"> = {
  changes: true,

  enter(state) {
    const { left } = state.phase
    const records = state.targets.flatMap(({ text, ref, wanted }): Effect[] =>
      left.includes(text) ? [{ do: "prove", ref, images: wanted.images }] : [],
    )
    const waiting = { ...state, phase: { ...state.phase, asked: left, dueMs: Number.POSITIVE_INFINITY } }
    if (left.length === 0) return endOnceDeleted(state)
    return andThen(stay(waiting, ...records), deleteStuckJobs)
  },

  on(state, event) {
    switch (event.type) {
      case "recorded":
        return recorded(state, event)
      case "job-deleted":
        return state.phase.left.length === 0 ? endOnceDeleted(state) : stay(state)
      case "lock-lost":
        return end(state, { type: "deployed" })
      case "interrupted":
        return stay(state)
      default:
        return null
    }
  },

  time(state) {
    const { phase, nowMs } = state
    const passedMs = nowMs - phase.sinceMs
    // What is still on its way could come to the cluster after the lock is given back.
    if (phase.asked.length > 0 && passedMs < recordMs + answerMs) return stay(state)
    if (phase.left.length === 0 || passedMs >= recordMs) return endOnceDeleted(state)
    return nowMs < phase.dueMs ? stay(state) : go(state, phase)
  },
}

function deleteStuckJobs(state: DeployState): Turn {
  if (state.plan.start.type !== "back") return stay(state)
  const jobs = state.targets
    .filter(({ stage, live, to }) => stage === "forward" && !sameImages(live, to))
    .flatMap((target) => stuckJobs(state, target, target.live))
  return deleteBroken(state, jobs)
}

function endOnceDeleted(state: DeployState): Turn {
  return isDeleting(state) ? stay(state) : end(state, { type: "deployed" })
}

function recorded(
  state: In<"proving">,
  { workload, failure }: Extract<DeployEvent, { type: "recorded" }>,
): Turn {
  const { phase, nowMs } = state
  const asked = phase.asked.filter((text) => text !== workload)
  if (failure !== null && mayPass(failure)) {
    const dueMs = Math.min(phase.dueMs, nowMs + againMs)
    return stay({ ...state, phase: { ...phase, asked, dueMs } })
  }
  const left = phase.left.filter((text) => text !== workload)
  const next = { ...state, phase: { ...phase, left, asked } }
  return left.length === 0 ? endOnceDeleted(next) : stay(next)
}
