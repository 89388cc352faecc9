import type { Pod, Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import { blockingJobs, isStuck } from "./blocking-job.ts"
import type { Effect } from "./effect.ts"
import { failure } from "./plan.ts"
import { isEnding, isReady, podsOf, runsImages } from "./pods.ts"
import type { DeployState, Target } from "./state.ts"
import { fail, stay, type Turn, tell, withTarget } from "./transition.ts"

/** What of the failed release has to be deleted. */
export interface Broken {
  readonly kind: "pod" | "job"
  /** The text of its workload. */
  readonly workload: string
  readonly name: string
  readonly uid: string
}

/** What stands in the way of what was given back: {@link brokenPods}, and {@link stuckJobs} of CronJobs. */
export function toReplace(state: DeployState): readonly Broken[] {
  const jobs = state.targets
    .filter(({ stage }) => stage === "back")
    .flatMap((target) => stuckJobs(state, target, target.to))
  return [...brokenPods(state), ...jobs]
}

/** Deletes each of these, once. Of a Job, that it is deleted is told once it is. */
export function deleteBroken(state: DeployState, broken: readonly Broken[]): Turn {
  const next = broken.reduce(
    (all, one) => withTarget(all, one.workload, (target) => asked(target, one, state.nowMs)),
    state,
  )
  const effects = broken.flatMap(({ kind, workload, name, uid }): Effect[] =>
    kind === "pod"
      ? [{ do: "delete-pod", name, uid }, tell({ type: "pod-replaced", workload, pod: name })]
      : [{ do: "delete-job", name, uid }],
  )
  return stay(next, ...effects)
}

function asked(target: Target, { kind, name, uid }: Broken, askedMs: number): Target {
  return kind === "pod"
    ? { ...target, deleted: [...target.deleted, uid] }
    : { ...target, jobs: [...target.jobs, { name, uid, askedMs, status: "asked" }] }
}

/**
 * A CronJob that starts no Job beside another waits forever for one whose pod cannot start, even when its template is
 * right again. Such a Job of the failed release has to be deleted, once; one that is at work ends by itself.
 *
 * @param images of the failed release.
 */
export function stuckJobs(state: DeployState, target: Target, images: Images): readonly Broken[] {
  const workload = workloadOf(state, target)
  if (state.view === null || workload?.kind !== "CronJob") return []
  return blockingJobs(workload, state.view)
    .filter((job) => target.jobs.every(({ uid }) => uid !== job.uid) && isStuck(job, images))
    .map(({ name, uid }) => ({ kind: "job", workload: target.text, name, uid }))
}

/**
 * A StatefulSet waits forever for a pod that never gets ready, even when its template is right again (Kubernetes
 * documentation, "Forced rollback"): pods of the failed release have to be deleted, each once.
 */
function brokenPods(state: DeployState): readonly Broken[] {
  return state.targets
    .filter(({ stage, verdict }) => stage === "back" && verdict?.type !== "done")
    .flatMap((target) =>
      brokenPodsOf(state, target).map(({ metadata: { name, uid } }) => ({
        ...{ kind: "pod" as const, workload: target.text },
        ...{ name, uid },
      })),
    )
}

function brokenPodsOf(state: DeployState, target: Target): readonly Pod[] {
  const { view } = state
  const workload = workloadOf(state, target)
  if (view === null || workload?.kind !== "StatefulSet") return []
  if ((workload.status?.observedGeneration ?? 0) < target.wanted.generation) return []
  return podsOf(workload, view).filter(
    (pod) =>
      runsImages(pod, target.to) &&
      !isReady(pod) &&
      !isEnding(pod) &&
      !target.deleted.includes(pod.metadata.uid),
  )
}

function workloadOf({ view }: DeployState, { ref }: Target): Workload | undefined {
  return view?.workloads.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name)
}

/** Ends a run that went back: everything that could be taken back is. */
export function revertEnd(state: DeployState): Turn {
  const why = state.setback?.failure ?? failure("ROLLOUT_FAILED", "the rollout failed")
  const stuck = state.targets.filter(({ stage }) => stage === "stuck")
  if (stuck.length === 0) return fail(state, why)
  const names = stuck.map(({ text }) => text).join(", ")
  const causes = [...new Set(stuck.map(({ stuckBy }) => stuckBy))].join("; ")
  return fail(
    state,
    failure(
      "ROLLBACK_FAILED",
      `${why.message}; and ${names} could not be given back what ran before: ${causes}`,
      `see what runs: envseal status ${state.plan.environment}`,
    ),
  )
}
