import { printable } from "../../../core/text.ts"
import { blindEnd, doomOf, rolloutFailure } from "../doom.ts"
import { goBack } from "../goal.ts"
import { type DeployFailure, failure } from "../plan.ts"
import type { DeployState, Phase, Target } from "../state.ts"
import { andThen, fail, go, type In, type PhaseModule, stay, type Turn } from "../transition.ts"
import type { Trouble } from "../verdict.ts"
import { isBlind, judgeTargets } from "../watching.ts"

type Rolling = In<"rolling">

/** How long looking at a container that failed may take. */
const examineMs = 10_000
/**
 * How long the hooks after the rollout wait for pods of the release before that are still ending, from when all others
 * are ready: twice the time that Kubernetes gives a pod by itself. In milliseconds.
 */
const endingMs = 60_000

/** Watches all rollouts at once, until all are proven or one is doomed. */
export const rolling: PhaseModule<"rolling"> = {
  enter(state) {
    return state.unwatchable === null ? look(state) : fail(state, state.unwatchable)
  },

  on(state, event) {
    if (event.type === "seen") return look(state)
    return event.type === "unwatchable" ? fail(state, event.failure) : null
  },

  time(state) {
    return blindEnd(state) ?? look(state)
  },
}

function look(state: Rolling): Turn {
  if (state.view === null || isBlind(state)) return stay(state)
  return andThen(judgeTargets(state, "forward"), (next) => decide(next, state.phase))
}

function decide(state: DeployState, phase: Rolling["phase"]): Turn {
  const changed = state.targets.find(({ verdict }) => verdict?.type === "foreign" || verdict?.type === "gone")
  if (changed !== undefined)
    return goBack(state, { failure: superseded(changed), trouble: null, clues: null }, phase)
  for (const target of state.targets) {
    const trouble = doomOf(target, state)
    if (trouble !== null) return examine(state, phase, target, trouble)
  }
  const forward = state.targets.filter(({ stage }) => stage === "forward")
  if (!forward.every(({ verdict }) => verdict?.type === "done")) return stay(state)
  if (state.targets.some(({ stage }) => stage === "untouched")) return go(state, { name: "patching" })
  // A run that only goes back to an older release has no hooks.
  const hooks = !phase.hooked && state.release !== null && state.plan.hooks.after.length > 0
  if (hooks && oldPodsEnd(state)) return stay(state)
  return go(state, hooks ? { name: "hook", when: "after", index: 0 } : proven(state))
}

function proven({ targets, nowMs }: DeployState): Phase {
  const left = targets.filter(({ stage }) => stage === "forward").map(({ text }) => text)
  return { name: "proving", left, asked: [], sinceMs: nowMs, dueMs: nowMs }
}

function oldPodsEnd({ targets, nowMs }: DeployState): boolean {
  return targets.some(
    ({ ending, readySinceMs }) => ending > 0 && readySinceMs !== null && nowMs - readySinceMs < endingMs,
  )
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

function examine(state: DeployState, from: Rolling["phase"], target: Target, trouble: Trouble): Turn {
  const setback = { failure: rolloutFailure(target, trouble), trouble, clues: null }
  return go(
    { ...state, setback },
    { name: "examining", untilMs: state.nowMs + examineMs, from },
    { do: "examine", ref: target.ref, trouble },
  )
}
