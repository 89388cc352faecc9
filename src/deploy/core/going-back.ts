import { type Images, sameImages } from "../../core/workload.ts"
import { close, fail } from "./closing.ts"
import type { Effect } from "./effect.ts"
import { failWithoutLock } from "./lock-keeping.ts"
import { type DeployFailure, failure } from "./plan.ts"
import { hasImages, isEnding, isReady, podsOf } from "./pods.ts"
import type { DeployState, Setback, Target } from "./state.ts"
import { andThen, enter, type Step, stay, tell, withTarget } from "./transition.ts"
import { isOverdue, isStalled, judgeTargets } from "./watching.ts"

/** Gives every workload that was changed what it had before; all of them, or none where that is not wanted. */
export function goBack(state: DeployState, setback: Setback): Step {
  const told = stay({ ...state, setback }, tell({ type: "doomed", ...setback }))
  // The newest view counts: what somebody else has changed is left alone.
  return andThen(
    andThen(told, (next) => judgeTargets(next, ["forward"])),
    (next) => restoreAll(next, setback),
  )
}

function restoreAll(state: DeployState, setback: Setback): Step {
  const restores = state.targets.flatMap((target) => {
    const to = isToRestore(target) ? target.before : null
    return to === null ? [] : [{ target, to }]
  })
  if (!state.plan.rollback || restores.length === 0) return fail(state, setback.failure)
  const texts = restores.map(({ target }) => target.text)
  const targets = state.targets.map((target) =>
    texts.includes(target.text) ? { ...target, stage: "restoring" as const } : target,
  )
  return enter(
    { ...state, targets },
    { name: "restoring" },
    tell({ type: "going-back", workloads: texts }),
    ...restores.map(({ target, to }): Effect => ({ do: "restore", ref: target.ref, from: target.to, to })),
  )
}

function isToRestore({ stage, before, to, verdict }: Target): boolean {
  if (stage !== "forward" && stage !== "unsure") return false
  if (verdict?.type === "foreign" || verdict?.type === "gone") return false
  return before !== null && !sameImages(before, to)
}

export interface Restored {
  readonly workload: string
  readonly generation: number
  readonly staleDeadline: string | null
}

export function onRestored(state: DeployState, { workload, generation, staleDeadline }: Restored): Step {
  const next = withTarget(state, workload, (target) =>
    back(target, { generation, staleDeadline }, state.nowMs),
  )
  return andThen(stay(next, tell({ type: "restored", workload })), whenAllAnswered)
}

function back(
  target: Target,
  { generation, staleDeadline }: { generation: number; staleDeadline: string | null },
  nowMs: number,
): Target {
  const images: Images = target.before ?? target.live
  return {
    ...target,
    stage: "back",
    wanted: { images, generation, staleDeadline },
    verdict: null,
    sightings: {},
    best: 0,
    sinceMs: nowMs,
    movedAtMs: nowMs,
  }
}

export function onNotRestored(
  state: DeployState,
  workload: string,
  why: DeployFailure,
  foreign: boolean,
): Step {
  const next = withTarget(state, workload, (target) => ({ ...target, stage: foreign ? "foreign" : "stuck" }))
  return andThen(stay(next, tell({ type: "not-restored", workload, failure: why })), whenAllAnswered)
}

function whenAllAnswered(state: DeployState): Step {
  if (state.targets.some(({ stage }) => stage === "restoring")) return stay(state)
  if (state.lock.status === "lost") return failWithoutLock(state)
  if (state.unwatchable !== null) return fail(state, state.unwatchable)
  if (state.interrupt !== null) return letGo(state)
  if (!state.targets.some(({ stage }) => stage === "back")) return finish(state)
  return andThen(enter(state, { name: "reverting" }), onRevertingView)
}

function letGo(state: DeployState): Step {
  const signal = state.interrupt ?? "SIGINT"
  return close(state, { type: "interrupted", signal, buildStopped: false })
}

/** Judges again how far going back is. */
export function onRevertingView(state: DeployState): Step {
  if (state.view === null || state.blindSinceMs !== null) return stay(state)
  const judged = judgeTargets(state, ["back"])
  return andThen(judged, (next) => {
    const going = next.targets.filter(({ stage, verdict }) => stage === "back" && verdict?.type !== "done")
    const changed = going.filter(({ verdict }) => verdict?.type === "foreign" || verdict?.type === "gone")
    const left = changed.reduce(
      (all, { text }) => withTarget(all, text, (target) => ({ ...target, stage: "foreign" })),
      next,
    )
    const rest = going.filter((target) => !changed.includes(target))
    if (rest.length === 0) return finish(left)
    const stalled = rest.find((target) => isStalled(target, left) || isOverdue(target, left))
    return stalled === undefined ? replacePods(left, rest) : failToGoBack(left, stalled)
  })
}

/**
 * A StatefulSet waits forever for a pod that never gets ready, even when its template is right again (Kubernetes
 * documentation, "Forced rollback"): pods of the failed release have to be deleted.
 */
function replacePods(state: DeployState, targets: readonly Target[]): Step {
  return targets.reduce<Step>(
    (step, target) => andThen(step, (next) => replacePodsOf(next, target)),
    stay(state),
  )
}

function replacePodsOf(state: DeployState, target: Target): Step {
  const workload = workloadOf(state, target)
  if (state.view === null || workload?.kind !== "StatefulSet") return stay(state)
  if ((workload.status?.observedGeneration ?? 0) < target.wanted.generation) return stay(state)
  const broken = podsOf(workload, state.view).filter(
    (pod) =>
      hasImages(pod, target.to) &&
      !isReady(pod) &&
      !isEnding(pod) &&
      !target.deleted.includes(pod.metadata.uid),
  )
  const next = withTarget(state, target.text, (one) => ({
    ...one,
    deleted: [...one.deleted, ...broken.map(({ metadata }) => metadata.uid)],
  }))
  return stay(
    next,
    ...broken.flatMap(({ metadata: { name, uid } }): Effect[] => [
      { do: "delete-pod", name, uid },
      tell({ type: "pod-replaced", workload: target.text, pod: name }),
    ]),
  )
}

function workloadOf({ view }: DeployState, { ref }: Target) {
  return view?.workloads.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name) ?? null
}

function failToGoBack(state: DeployState, stalled: Target): Step {
  const why = state.setback?.failure.message ?? "the rollout failed"
  const waits = stalled.verdict?.type === "progressing" ? `: it waits for ${stalled.verdict.waitsFor}` : ""
  return fail(
    state,
    failure(
      "ROLLBACK_FAILED",
      `${why}; and ${stalled.text} did not come back to what it ran before${waits}`,
      `look at it: kubectl rollout status ${stalled.text}`,
    ),
  )
}

/** Everything that could be taken back is. */
function finish(state: DeployState): Step {
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
