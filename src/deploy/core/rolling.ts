import { printable } from "../../core/text.ts"
import { close, fail } from "./closing.ts"
import type { View } from "./event.ts"
import { goBack, onRevertingView } from "./going-back.ts"
import { enterHook } from "./hooks.ts"
import { type DeployFailure, type Diagnostics, failure } from "./plan.ts"
import type { DeployState, Target } from "./state.ts"
import { andThen, enter, type Step, stay, tell } from "./transition.ts"
import type { Trouble } from "./verdict.ts"
import { forgiveBlindness, isOverdue, isStalled, judgeTargets, troubleOf } from "./watching.ts"

/** How long looking at a container that failed may take. */
const examineMs = 10_000

export function onSeen(state: DeployState, view: View): Step {
  const progress = state.blindSinceMs === null ? [] : [tell({ type: "contact-found" })]
  return andThen(stay({ ...forgiveBlindness(state), view }, ...progress), judgeView)
}

export function onUnseen(state: DeployState, why: string): Step {
  if (state.blindSinceMs !== null) return stay(state)
  return stay({ ...state, blindSinceMs: state.nowMs }, tell({ type: "contact-lost", why }))
}

/** The watch ended for good. */
export function onUnwatchable(state: DeployState, why: DeployFailure): Step {
  const unwatchable = { ...state, unwatchable: state.unwatchable ?? why }
  const watching = ["rolling", "examining", "reverting"].includes(state.phase.name)
  return watching ? fail(unwatchable, why) : stay(unwatchable)
}

/** Whether it is still as it should be, now that the hooks after the rollout are done. */
export function rollOn(state: DeployState): Step {
  if (state.unwatchable !== null) return fail(state, state.unwatchable)
  const targets = state.targets.map((target) => ({ ...target, sinceMs: state.nowMs, movedAtMs: state.nowMs }))
  return andThen(enter({ ...state, targets }, { name: "rolling", hooked: true }), judgeView)
}

export function rollingTime(state: DeployState): Step {
  const { blindSinceMs, nowMs, plan } = state
  if (blindSinceMs !== null && nowMs - blindSinceMs >= plan.limits.silenceMs) return failBlind(state)
  return judgeView(state)
}

/** Judges the view while something is rolling. */
export function judgeView(state: DeployState): Step {
  if (state.phase.name === "rolling") return onRollingView(state)
  return state.phase.name === "reverting" ? onRevertingView(state) : stay(state)
}

function onRollingView(state: DeployState): Step {
  if (state.view === null || state.blindSinceMs !== null) return stay(state)
  return andThen(judgeTargets(state, ["forward"]), decide)
}

function decide(state: DeployState): Step {
  const changed = state.targets.find(({ verdict }) => verdict?.type === "foreign" || verdict?.type === "gone")
  if (changed !== undefined)
    return goBack(state, { failure: superseded(changed), trouble: null, clues: null })
  for (const target of state.targets) {
    const trouble = doomOf(target, state)
    if (trouble !== null) return examine(state, target, trouble)
  }
  if (!state.targets.every(({ verdict }) => verdict?.type === "done")) return stay(state)
  const hooked = state.phase.name === "rolling" && state.phase.hooked
  return (hooked ? null : enterHook(state, "after", 0)) ?? close(state, { type: "deployed" })
}

function superseded({ text, verdict }: Target): DeployFailure {
  if (verdict?.type === "gone") {
    return failure("ROLLOUT_FAILED", `${text} was deleted while it rolled out`)
  }
  const images = verdict?.type === "foreign" ? verdict.images.map((image) => printable(image, 200)) : []
  return failure(
    "SUPERSEDED",
    `somebody else changed ${text} while it rolled out: it has ${images.join(", ")} now`,
    "it is left as they made it: agree with them on what should run, then deploy again",
  )
}

function doomOf(target: Target, state: DeployState): Trouble | null {
  const { verdict } = target
  if (verdict?.type === "doomed") return verdict.trouble
  if (verdict?.type !== "progressing") return null
  const late = lateness(target, state)
  if (late === null) return null
  const trouble = troubleOf(verdict)
  return {
    pod: null,
    podUid: null,
    container: null,
    exitCode: null,
    restarts: 0,
    pods: 0,
    ...trouble,
    reason: trouble?.reason ?? "Stalled",
    message: `${late}; it waits for ${verdict.waitsFor}${trouble?.message ? `: ${trouble.message}` : ""}`,
  }
}

/** Why the run stops waiting for it; `null` while it waits. */
function lateness(target: Target, state: DeployState): string | null {
  const seconds = (ms: number) => Math.round(ms / 1000)
  if (isStalled(target, state)) return `nothing moved for ${seconds(state.plan.limits.stallMs)} s`
  if (!isOverdue(target, state)) return null
  return `not all pods were ready at once in ${seconds(state.nowMs - target.sinceMs)} s`
}

function examine(state: DeployState, target: Target, trouble: Trouble): Step {
  const setback = { failure: rolloutFailure(target, trouble), trouble, clues: null }
  return enter(
    { ...state, setback },
    { name: "examining", untilMs: state.nowMs + examineMs },
    { do: "examine", ref: target.ref, trouble },
  )
}

function rolloutFailure(
  { text }: Target,
  { reason, message, pod, container, exitCode, pods }: Trouble,
): DeployFailure {
  const where =
    pod === null ? text : `${text}: pod ${pod}${container === null ? "" : `, container ${container}`}`
  const exit = exitCode === null ? "" : ` (exit status ${exitCode})`
  const others = pods > 1 ? `, and ${pods - 1} more` : ""
  const said = message === "" ? "" : `: ${printable(message.trim(), 500)}`
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
  InvalidImageName: "look at image.repository in envseal.yaml",
  CreateContainerConfigError: "a Secret or ConfigMap that the pod names is missing: kubectl describe pod",
  Unschedulable: "no node has room for the pod: kubectl describe pod",
  FailedCreate: "the cluster refuses pods: look at quotas and admission: kubectl get resourcequota",
}

function hintFor(reason: string, clues: Diagnostics | null): string | undefined {
  if (reason !== "CrashLoopBackOff") return hints[reason]
  return clues !== null && clues.log.length > 0
    ? "the container ends by itself: its last lines above say why"
    : "the container ends by itself, without a line in its log: look at how it is started: kubectl describe pod"
}

export function onExamined(state: DeployState, clues: Diagnostics): Step {
  const { phase, setback } = state
  if (phase.name !== "examining" || setback === null) return stay(state)
  const hint = setback.trouble === null ? setback.failure.hint : hintFor(setback.trouble.reason, clues)
  return goBack(state, { ...setback, failure: { ...setback.failure, hint }, clues })
}

export function examiningTime(state: DeployState): Step {
  if (state.phase.name !== "examining" || state.setback === null) return stay(state)
  return state.nowMs < state.phase.untilMs ? stay(state) : goBack(state, state.setback)
}

function failBlind(state: DeployState): Step {
  const seconds = Math.round(state.plan.limits.silenceMs / 1000)
  return fail(
    state,
    failure(
      "REMOTE_FAILED",
      `the cluster could not be seen for ${seconds} s; what was begun goes on in it`,
      "watch it again with --resume and the build's id, or --image",
    ),
  )
}
