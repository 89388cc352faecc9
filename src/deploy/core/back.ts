import type { Pod } from "../../core/kubernetes.ts"
import { failure } from "./plan.ts"
import { isEnding, isReady, podsOf, runsImages } from "./pods.ts"
import type { DeployState, Target } from "./state.ts"
import { fail, type Turn } from "./transition.ts"

/** A pod of the failed release that has to be deleted. */
export interface BrokenPod {
  /** The text of its workload. */
  readonly workload: string
  readonly pod: Pod
}

/**
 * A StatefulSet waits forever for a pod that never gets ready, even when its template is right again (Kubernetes
 * documentation, "Forced rollback"): pods of the failed release have to be deleted, each once.
 */
export function toReplace(state: DeployState): readonly BrokenPod[] {
  return state.targets
    .filter(({ stage, verdict }) => stage === "back" && verdict?.type !== "done")
    .flatMap((target) => brokenPodsOf(state, target).map((pod) => ({ workload: target.text, pod })))
}

function brokenPodsOf({ view }: DeployState, target: Target): readonly Pod[] {
  const { kind: wantedKind, name } = target.ref
  const workload = view?.workloads.find(({ kind, metadata }) => kind === wantedKind && metadata.name === name)
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

/** Ends a run that went back: everything that could be taken back is. */
export function revertEnd(state: DeployState): Turn {
  const why = state.setback?.failure ?? failure("ROLLOUT_FAILED", "the rollout failed")
  const stuck = state.targets.filter(({ stage }) => stage === "stuck").map(({ text }) => text)
  if (stuck.length === 0) return fail(state, why)
  return fail(
    state,
    failure(
      "ROLLBACK_FAILED",
      `${why.message}; and ${stuck.join(", ")} could not be given back what ran before`,
      `see what runs: envseal status ${state.plan.environment}`,
    ),
  )
}
