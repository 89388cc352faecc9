import { printable } from "../../../core/text.ts"
import { blindEnd, doomOf, rolloutFailure } from "../doom.ts"
import { goBack } from "../goal.ts"
import { type DeployFailure, failure } from "../plan.ts"
import type { DeployState, Target } from "../state.ts"
import { andThen, end, fail, go, type In, type PhaseModule, stay, type Turn } from "../transition.ts"
import type { Trouble } from "../verdict.ts"
import { isBlind, judgeTargets } from "../watching.ts"

type Rolling = In<"rolling">

/** How long looking at a container that failed may take. */
const examineMs = 10_000

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
  return hooks ? go(state, { name: "hook", when: "after", index: 0 }) : end(state, { type: "deployed" })
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
