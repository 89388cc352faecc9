import { workloadText } from "../../core/workload.ts"
import {
  buildingTime,
  drainingTime,
  follow,
  onBuildMissing,
  onBuildSeen,
  onBuildStarted,
  onBuildUnseen,
  onDrained,
} from "./building.ts"
import { closingTime, fail, onLockRefused, onUnlocked } from "./closing.ts"
import { changeWhenLocked, confirmed, confirmingTime } from "./confirming.ts"
import type { DeployEvent } from "./event.ts"
import { onNotRestored, onRestored } from "./going-back.ts"
import { onHookBegan, onHookEnded, onHookFailed } from "./hooking.ts"
import { leavingTime, onBuildStopped, onInterrupted } from "./interrupt.ts"
import { lockTime, onLockKept, onLockLost, takeLock } from "./lock-keeping.ts"
import { onNotPatched, onPatched } from "./patching.ts"
import type { CheckedTarget, Plan, ReleaseImage } from "./plan.ts"
import { startRollback } from "./rollback-start.ts"
import { examiningTime, onExamined, onSeen, onUnseen, onUnwatchable, rollingTime } from "./rolling.ts"
import { type DeployState, initialState, type Target } from "./state.ts"
import { andThen, enter, findTarget, type Step, stay, tell } from "./transition.ts"

/** A free lock is granted sooner than this. */
const waitedMs = 1_500

/** The first step of a run. */
export function begin(plan: Plan): Step {
  return check(initialState(plan))
}

/**
 * The step that follows from an event. The whole deploy is decided here: only the state and the event matter,
 * and time is an event. An answer that is not awaited any more changes nothing.
 */
export function step(before: DeployState, event: DeployEvent): Step {
  const state = { ...before, nowMs: Math.max(before.nowMs, event.atMs) }
  if (state.phase.name === "ended") return stay(before)
  switch (event.type) {
    case "time":
      return onTime(state)
    case "checked":
      return isAsked(state, event.ask) ? onChecked(state, event.targets) : stay(state)
    case "check-failed":
      return isAsked(state, event.ask) ? fail(state, event.failure) : stay(state)
    case "locked":
      return onLocked(state, event.renewAfterMs)
    case "lock-refused":
      return onLockRefused(state, event.failure)
    case "lock-renewed":
      return andThen(onLockKept(state, event.ask, true), confirmed)
    case "lock-unsure":
      return onLockKept(state, event.ask, false)
    case "lock-lost":
      return onLockLost(state, event.holder)
    case "unlocked":
      return onUnlocked(state, event.why)
    case "build-started":
      return state.phase.name === "starting" ? onBuildStarted(state, event.build) : stay(state)
    case "build-refused":
      return state.phase.name === "starting" ? fail(state, event.failure) : stay(state)
    case "build-seen":
    case "build-missing":
    case "build-unseen":
      return onBuildAnswer(state, event)
    case "build-stopped":
      return onBuildStopped(state, event.failure)
    case "log-drained":
      return onDrained(state)
    case "image-found":
      return onImageFound(state, event.release)
    case "image-refused":
      return state.phase.name === "imaging" ? fail(state, event.failure) : stay(state)
    case "hook-began":
    case "hook-ended":
    case "hook-failed":
      return onHookAnswer(state, event)
    case "patched":
      return onPatchAnswer(state, event)
    case "patch-failed":
      return onPatchAnswer(state, event)
    case "seen":
      return onSeen(state, event.view)
    case "unseen":
      return onUnseen(state, event.why)
    case "unwatchable":
      return onUnwatchable(state, event.failure)
    case "examined":
      return onExamined(state, event.clues)
    case "interrupted":
      return onInterrupted(state, event.signal)
  }
}

function check(state: DeployState): Step {
  const ask = state.asks + 1
  return enter({ ...state, asks: ask }, { name: "checking", ask }, { do: "check", ask })
}

function isAsked({ phase }: DeployState, ask: number): boolean {
  return phase.name === "checking" && phase.ask === ask
}

function onTime(state: DeployState): Step {
  return andThen(lockTime(state), phaseTime)
}

function phaseTime(state: DeployState): Step {
  const { phase } = state
  switch (phase.name) {
    case "building":
      return buildingTime(state, phase)
    case "draining":
      return drainingTime(state)
    case "rolling":
    case "reverting":
      return rollingTime(state)
    case "confirming":
      return confirmingTime(state)
    case "examining":
      return examiningTime(state)
    case "leaving":
    case "stopping":
      return leavingTime(state)
    case "closing":
      return closingTime(state)
    default:
      return stay(state)
  }
}

function onChecked(state: DeployState, checked: readonly CheckedTarget[]): Step {
  const targets = checked.map(newTarget)
  const told = tell({
    type: "checked",
    workloads: targets.map(({ text, live }) => ({ workload: text, images: live })),
  })
  const next = { ...state, targets }
  if (state.lock.status === "held") return andThen(stay(next, told), start)
  return enter(next, { name: "locking", sinceMs: state.nowMs }, told, { do: "lock" })
}

function newTarget({ ref, live, releases }: CheckedTarget): Target {
  return {
    ref,
    text: workloadText(ref),
    stage: "untouched",
    live,
    releases,
    before: live,
    to: live,
    wanted: { images: live, generation: 0, staleDeadline: null },
    verdict: null,
    sightings: {},
    best: 0,
    sinceMs: 0,
    movedAtMs: 0,
    deleted: [],
  }
}

function onLocked(state: DeployState, renewAfterMs: number): Step {
  if (state.lock.status !== "none") return stay(state)
  const held = takeLock(state, renewAfterMs)
  // It came too late: the one that waited for it is leaving.
  if (state.phase.name === "closing") return stay(held, { do: "unlock" })
  if (state.phase.name !== "locking") return stay(state)
  // The earlier holder of the lock may have changed what was checked.
  const isOld = state.nowMs - state.phase.sinceMs >= waitedMs
  return andThen(stay(held, tell({ type: "locked" })), isOld ? check : start)
}

function start(state: DeployState): Step {
  const { start: how } = state.plan
  switch (how.type) {
    case "build":
      return enter(state, { name: "starting" }, { do: "start-build" })
    case "resume":
      return follow(state, how.build)
    case "image":
      return enter(state, { name: "imaging" }, { do: "find-image", from: how.image })
    case "back":
      return startRollback(state)
  }
}

type BuildAnswer = Extract<DeployEvent, { type: "build-seen" | "build-missing" | "build-unseen" }>

function onBuildAnswer(state: DeployState, event: BuildAnswer): Step {
  const { phase } = state
  if (phase.name !== "building" || phase.poll.asked !== event.ask) return stay(state)
  switch (event.type) {
    case "build-seen":
      return onBuildSeen(state, phase, event.build, event.random)
    case "build-missing":
      return onBuildMissing(state, phase, event.random)
    case "build-unseen":
      return onBuildUnseen(state, phase, event.failure, event.reason, event.random)
  }
}

function onImageFound(state: DeployState, release: ReleaseImage): Step {
  if (state.phase.name !== "imaging") return stay(state)
  const { image, commit, secretVersion, sealedAt } = release
  const told = stay({ ...state, release }, tell({ type: "image", image, commit, secretVersion, sealedAt }))
  return andThen(told, (next) => changeWhenLocked(next, "hooks"))
}

type HookAnswer = Extract<DeployEvent, { type: "hook-began" | "hook-ended" | "hook-failed" }>

function onHookAnswer(state: DeployState, event: HookAnswer): Step {
  const { phase } = state
  if (phase.name !== "hook" || state.plan.hooks[phase.when][phase.index] !== event.hook) return stay(state)
  switch (event.type) {
    case "hook-began":
      return onHookBegan(state, event.job)
    case "hook-ended":
      return onHookEnded(state, phase)
    case "hook-failed":
      return onHookFailed(state, phase, event.failure, event.over)
  }
}

type PatchAnswer = Extract<DeployEvent, { type: "patched" | "patch-failed" }>

/** Each workload is given images once, and given back what it had once: that tells an answer from a late duplicate. */
function onPatchAnswer(state: DeployState, event: PatchAnswer): Step {
  const stage = findTarget(state, event.workload)?.stage
  if (stage !== (event.did === "patch" ? "patching" : "restoring")) return stay(state)
  if (event.type === "patched") {
    return event.did === "patch" ? onPatched(state, event) : onRestored(state, event)
  }
  const { workload, failure: why, foreign } = event
  return event.did === "patch"
    ? onNotPatched(state, workload, why, foreign)
    : onNotRestored(state, workload, why, foreign)
}
