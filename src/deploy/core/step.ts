import type { DeployEvent } from "./event.ts"
import { onJobDeleted } from "./job-deletion.ts"
import { doubtLock, mayChange, onRenewal, renewInTime } from "./lock.ts"
import { outcomeOf, workloadEnds } from "./outcome.ts"
import { passageOf } from "./passage.ts"
import { building } from "./phases/building.ts"
import { checking } from "./phases/checking.ts"
import { closing } from "./phases/closing.ts"
import { confirming } from "./phases/confirming.ts"
import { draining } from "./phases/draining.ts"
import { examining } from "./phases/examining.ts"
import { hook } from "./phases/hook.ts"
import { imaging } from "./phases/imaging.ts"
import { judging } from "./phases/judging.ts"
import { leaving } from "./phases/leaving.ts"
import { locking } from "./phases/locking.ts"
import { patching } from "./phases/patching.ts"
import { proving } from "./phases/proving.ts"
import { restoring } from "./phases/restoring.ts"
import { reverting } from "./phases/reverting.ts"
import { rolling } from "./phases/rolling.ts"
import { starting } from "./phases/starting.ts"
import { stopping } from "./phases/stopping.ts"
import type { Plan } from "./plan.ts"
import { type DeployState, initialState, type Phase } from "./state.ts"
import {
  endInterrupted,
  failWithoutLock,
  go,
  type In,
  type PhaseModule,
  type PhaseName,
  type Step,
  stay,
  type Turn,
  tell,
} from "./transition.ts"
import { afterJump, atTimeOf, isJump, loseSight, seeAgain, sightedMs } from "./watching.ts"

const ended: PhaseModule<"ended"> = {
  enter(state) {
    const { ending } = state.phase
    const { job, spent } = state
    const end = { ending, standing: outcomeOf(state), workloads: workloadEnds(state), job }
    return stay(state, tell({ type: "ended", ...end, ...passageOf(state), spent }))
  },
}

/** The whole deploy: what each phase does, and which one it names next. */
const table: { readonly [N in PhaseName]: PhaseModule<N> } = {
  checking,
  locking,
  starting,
  building,
  draining,
  imaging,
  judging,
  confirming,
  hook,
  patching,
  rolling,
  examining,
  restoring,
  reverting,
  proving,
  leaving,
  stopping,
  closing,
  ended,
}

/** The first step of a run. */
export function begin(plan: Plan): Step {
  return follow(go(initialState(plan), { name: "checking", ask: 1 }))
}

/**
 * The step that follows from an event. The whole deploy is decided here: only the state and the event matter,
 * and time is an event. An answer that is not awaited any more changes nothing.
 */
export function step(before: DeployState, event: DeployEvent): Step {
  if (before.phase.name === "ended") return { state: before, effects: [] }
  const state = atTimeOf(before, event)
  if (!isJump(before, event)) return react(state, event)
  // What comes first after standing still may be older than that: it is no view, and no grant of the lock. A renewal
  // tells by when it was asked for.
  const woken = wake(doubtLock(state), event.atMs - before.atMs)
  const next = then(woken, (awake) =>
    react(awake, event.type === "seen" ? { ...event, type: "time" } : event),
  )
  const { lock } = next.state
  return event.type === "lock-renewed"
    ? next
    : { ...next, state: { ...next.state, lock: { ...lock, keptAtMs: null } } }
}

/** The run stood still for so many milliseconds. */
function wake(state: DeployState, stoodMs: number): Step {
  return then(follow(afterJump(state, stoodMs)), (next) => follow(blindIn(next.phase.name, next)))
}

function react(state: DeployState, event: DeployEvent): Step {
  if (state.phase.name === "ended") return { state, effects: [] }
  switch (event.type) {
    case "time":
      return then(follow(renewInTime(state)), (next) => follow(timeIn(next.phase.name, next)))
    case "lock-renewed":
    case "lock-unsure":
      return then(follow(onRenewal(state, event)), (next) => inPhase(next, event))
    case "lock-lost": {
      if (state.lock.status !== "held") return { state, effects: [] }
      return then(follow(onRenewal(state, event)), (next) => inPhase(next, event))
    }
    case "seen":
      return then(follow(seeAgain(state, event.view)), (next) => inPhase(next, event))
    case "unseen": {
      if (state.blindSinceMs !== null) return { state, effects: [] }
      return then(follow(loseSight(doubtLock(state), event.why)), (next) =>
        follow(blindIn(next.phase.name, next)),
      )
    }
    case "job-deleted":
      return then(follow(onJobDeleted(state, event)), (next) => inPhase(next, event))
    case "unwatchable":
      return inPhase({ ...state, unwatchable: state.unwatchable ?? event.failure }, event)
    case "interrupted":
      return inPhase({ ...state, interrupt: state.interrupt ?? event.signal }, event)
    default:
      return inPhase(state, event)
  }
}

/** What the phase makes of an event, or else what holds for all phases. */
function inPhase(state: DeployState, event: DeployEvent): Step {
  const turn = eventIn(state.phase.name, state, event)
  if (turn !== null) return follow(turn)
  if (event.type === "interrupted") return follow(endInterrupted(state))
  return follow(event.type === "lock-lost" ? failWithoutLock(state) : stay(state))
}

/** More than any event leads through. */
const mostMoves = 10

/** Enters the phase that is named, and the one that this names, until one stays. */
function follow(turn: Turn): Step {
  let { state, effects, next } = turn
  for (let moves = 0; next !== null; moves++) {
    if (moves === mostMoves) throw new Error(`the phases lead to no end: ${next.name}`)
    state = { ...state, phase: lockedFirst(state, next) }
    const entered = enter(state.phase.name, state)
    state = entered.state
    effects = [...effects, ...entered.effects]
    next = entered.next
  }
  return { state, effects }
}

/** The one place where it is seen to that nothing is changed without a lock that was confirmed. */
function lockedFirst(state: DeployState, next: Phase): Phase {
  const { changes = false } = table[next.name]
  if (!changes || mayChange(state)) return next
  return { name: "confirming", next, sinceMs: state.nowMs, seenMs: sightedMs(state) }
}

function then({ state, effects }: Step, next: (state: DeployState) => Step): Step {
  const step = next(state)
  return { state: step.state, effects: [...effects, ...step.effects] }
}

function enter<N extends PhaseName>(name: N, state: In<N>): Turn {
  return table[name].enter?.(state) ?? stay(state)
}

function eventIn<N extends PhaseName>(name: N, state: In<N>, event: DeployEvent): Turn | null {
  return table[name].on?.(state, event) ?? null
}

function timeIn<N extends PhaseName>(name: N, state: In<N>): Turn {
  return table[name].time?.(state) ?? stay(state)
}

function blindIn<N extends PhaseName>(name: N, state: In<N>): Turn {
  return table[name].blind?.(state) ?? stay(state)
}
