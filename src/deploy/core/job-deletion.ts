import { answerMs } from "./again.ts"
import type { DeployEvent } from "./event.ts"
import type { DeployState, JobDeletion } from "./state.ts"
import { stay, type Turn, tell, withTarget } from "./transition.ts"
import { judgeTarget } from "./watching.ts"

/** Whether the answer that a Job is deleted is still waited for. */
export function isDeleting({ targets, nowMs }: DeployState): boolean {
  return targets.some(({ jobs }) =>
    jobs.some(({ status, askedMs }) => status === "asked" && nowMs - askedMs < answerMs),
  )
}

/** Tells that a Job is deleted. From then on it is in nobody's way; until then, and when that is refused, it is. */
export function onJobDeleted(
  state: DeployState,
  { uid, failure }: Extract<DeployEvent, { type: "job-deleted" }>,
): Turn {
  const isMeant = (job: JobDeletion) => job.uid === uid && job.status === "asked"
  const found = state.targets.find(({ jobs }) => jobs.some(isMeant))
  const job = found?.jobs.find(isMeant)
  if (found === undefined || job === undefined) return stay(state)
  const status = failure === null ? "done" : "refused"
  const next = withTarget(state, found.text, (target) => ({
    ...target,
    jobs: target.jobs.map((one) => (one === job ? { ...one, status } : one)),
  }))
  if (failure !== null) return stay(next)
  const { state: judged, effects } = judgeTarget(next, found.text)
  return stay(judged, tell({ type: "job-deleted", workload: found.text, job: job.name }), ...effects)
}
