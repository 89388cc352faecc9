import type { Build, BuildPhase } from "../../core/build.ts"
import { printable } from "../../core/text.ts"
import type { Effect } from "./effect.ts"
import type { DeployState } from "./state.ts"
import { endInterrupted, go, stay, type Turn, tell } from "./transition.ts"

const quickMs = 2_000
const usualMs = 5_000
const longestMs = 60_000
const jitter = 0.2

/** A build spends most of its time here; all other phases end soon. */
const longPhases = ["INSTALL", "PRE_BUILD", "BUILD"]

/**
 * How long to wait before the build is asked for again, in milliseconds.
 *
 * @param everyMs what the user wants it to be; `null` leaves it to the phase.
 * @param random from 0 up to 1, so that many who wait do not ask at the same moment.
 */
export function pollDelayMs(
  phase: string,
  throttled: number,
  everyMs: number | null,
  random: number,
): number {
  const base = everyMs ?? (longPhases.includes(phase) ? usualMs : quickMs)
  const spread = base * (1 + jitter * (2 * random - 1))
  return throttled === 0 ? spread : Math.max(spread, Math.min(longestMs, spread * 2 ** throttled))
}

/** Follows a build from now on. */
export function followBuild(state: DeployState, id: string, ...effects: readonly Effect[]): Turn {
  const poll = { dueMs: state.nowMs, asked: null, throttled: 0, silentSinceMs: null }
  return go(state, { name: "building", id, sinceMs: state.nowMs, poll }, ...effects)
}

/** Tells that the run has a build now. */
export function buildBegun(state: DeployState, build: Build): Turn {
  const { start } = state.plan
  const source = build.commit ?? (start.type === "build" ? start.commit : (state.origin?.commit ?? null))
  const { id, number, url } = build
  return stay(state, tell({ type: "build-started", build: id, number, source, url }))
}

/** How long a second interrupt is waited for, in milliseconds. */
const leavingMs = 3_000

/** Waits a moment for a second interrupt, which would stop the build. Only a person sends one. */
export function leaveBuild(state: DeployState, build: string): Turn {
  if (state.interrupt !== null && state.interrupt !== "SIGINT") return endInterrupted(state)
  return go(
    state,
    { name: "leaving", build, untilMs: state.nowMs + leavingMs },
    tell({ type: "stopping-soon", build, seconds: leavingMs / 1000 }),
  )
}

/** The first phase that went wrong: later ones, such as UPLOAD_ARTIFACTS, are tried all the same. */
export function failingPhase({ phases }: Build): BuildPhase | null {
  return (
    phases.find(({ status }) => status !== null && status !== "SUCCEEDED" && status !== "IN_PROGRESS") ?? null
  )
}

const endings = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  FAULT: "failed by a fault of CodeBuild",
  TIMED_OUT: "ran out of time",
  STOPPED: "was stopped",
  IN_PROGRESS: "ended without a result",
} as const

/** How a build ended, in a sentence: `build shop:1b2c failed in BUILD: COMMAND_EXECUTION_ERROR: … exit status 1`. */
export function describeEnd(build: Build): string {
  const phase = failingPhase(build)
  const where = phase === null || build.status === "SUCCEEDED" ? "" : ` in ${printable(phase.type)}`
  const [said] = phase?.messages ?? []
  return `build ${build.id} ${endings[build.status]}${where}${said === undefined ? "" : `: ${printable(said, 500)}`}`
}
