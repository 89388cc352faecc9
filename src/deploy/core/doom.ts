import { printable } from "../../core/text.ts"
import { type DeployFailure, type Diagnostics, failure } from "./plan.ts"
import { lastLineOf, saidText } from "./said.ts"
import type { DeployState, Target } from "./state.ts"
import { fail, type Turn } from "./transition.ts"
import { oldestUnready } from "./unready.ts"
import type { Trouble } from "./verdict.ts"
import { isOverdue, isStalled, troubleOf } from "./watching.ts"

/** What a workload will not get over; `null` while it may still get there. */
export function doomOf(target: Target, state: DeployState): Trouble | null {
  const { verdict } = target
  if (verdict?.type === "doomed") return verdict.trouble
  if (verdict?.type !== "progressing") return null
  const late = lateness(target, state)
  if (late === null) return null
  const trouble = troubleOf(verdict)
  const where = trouble ?? oldestUnready(target, state.view)
  const paused = pausedFor(target, state)
  // That a pod is not ready is not why a rollout that was paused stands still.
  const said = paused === null && where?.message ? `: ${lastLineOf(where.message)}` : ""
  return {
    pod: null,
    podUid: null,
    container: null,
    exitCode: null,
    restarts: 0,
    pods: 0,
    ...where,
    reason: trouble?.reason ?? "Stalled",
    message: `${late}; it waits for ${paused ?? verdict.waitsFor}${said}`,
  }
}

/** What a Deployment waits for that somebody paused while it rolled out; `null` when nobody did. */
export function pausedFor({ ref, text }: Target, { view }: DeployState): string | null {
  const workload = view?.workloads.find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name,
  )
  const isPaused = workload?.kind === "Deployment" && workload.spec.paused === true
  return isPaused ? `somebody to resume it, since it was paused: kubectl rollout resume ${text}` : null
}

/** Why the run stops waiting for it; `null` while it waits. */
function lateness(target: Target, state: DeployState): string | null {
  const seconds = (ms: number) => Math.round(ms / 1000)
  if (isStalled(target, state)) return `nothing moved for ${seconds(state.plan.limits.stallMs)} s`
  if (!isOverdue(target, state)) return null
  return `not all pods were ready at once in ${seconds(state.nowMs - target.sinceMs)} s`
}

/** What a rollout failed by, in a sentence. */
export function rolloutFailure(
  { text }: Target,
  { reason, message, pod, container, exitCode, pods }: Trouble,
): DeployFailure {
  const where =
    pod === null ? text : `${text}: pod ${pod}${container === null ? "" : `, container ${container}`}`
  const exit = exitCode === null ? "" : ` (exit status ${exitCode})`
  const others = pods > 1 ? `, and ${pods - 1} more` : ""
  const said = message === "" ? "" : `: ${saidText(message)}`
  return failure(
    "ROLLOUT_FAILED",
    `${where}${others}: ${printable(reason)}${exit}${said}`,
    hintFor(reason, null),
  )
}

const hints: Readonly<Record<string, string>> = {
  ImagePullBackOff:
    "can the nodes pull from the repository? look at the node role's ecr permissions and the image",
  ErrImagePull:
    "can the nodes pull from the repository? look at the node role's ecr permissions and the image",
  OOMKilled: "raise the container's memory limit, or have the app take less",
  InvalidImageName: "look at image.repository in envseal.yaml",
  CreateContainerConfigError: "a Secret or ConfigMap that the pod names is missing: kubectl describe pod",
  Unschedulable: "no node has room for the pod: kubectl describe pod",
  Stalled: "what does its readiness probe ask for, and what does the app answer? kubectl describe pod",
  FailedCreate: "the cluster refuses pods: look at quotas and admission: kubectl get resourcequota",
}

/** The next step, by the reason and what was found out. */
export function hintFor(reason: string, clues: Diagnostics | null): string | undefined {
  if (reason !== "CrashLoopBackOff") return hints[reason]
  return clues !== null && clues.log.length > 0
    ? "the container ends by itself: its last lines above say why"
    : "the container ends by itself, without a line in its log: look at how it is started: kubectl describe pod"
}

/** How often as long as at one time a run may not see the cluster in all: a rollout that is seen for moments is not judged. */
const mostSilences = 3

/** Ends a run that has not seen the cluster for too long, at once or in all; `null` while it may still see it. */
export function blindEnd(state: DeployState): Turn | null {
  const time = tooLongUnseen(state, unseenSinceMs(state))
  if (time === null) return null
  return fail(
    state,
    failure(
      "REMOTE_FAILED",
      `the cluster could not be seen for ${time}; what was begun goes on in it`,
      "watch it again with --resume and the build's id, or --image",
    ),
  )
}

/** Whether the cluster was seen once, and then not for too long, at once or in all. */
export function isBlindTooLong(state: DeployState): boolean {
  return tooLongUnseen(state, state.blindSinceMs) !== null
}

/** @returns for how long it may not be seen, once that is over; `null` until then. */
function tooLongUnseen({ nowMs, blindMs, plan }: DeployState, sinceMs: number | null): string | null {
  if (sinceMs === null) return null
  const { silenceMs } = plan.limits
  const longestMs = mostSilences * silenceMs
  if (nowMs - sinceMs >= silenceMs) return `${Math.round(silenceMs / 1000)} s`
  return blindMs + nowMs - sinceMs < longestMs ? null : `${Math.round(longestMs / 1000)} s in all`
}

/** @returns when the last change was made while nothing was ever seen, not even that nothing can be. */
function unseenSinceMs({ blindSinceMs, view, targets }: DeployState): number | null {
  if (blindSinceMs !== null || view !== null) return blindSinceMs
  return Math.max(...targets.map(({ sinceMs }) => sinceMs))
}
