import type { Build, BuildPhase } from "../../core/build.ts"
import { printable } from "../../core/text.ts"
import { close, fail } from "./closing.ts"
import type { Effect } from "./effect.ts"
import { failWithoutLock } from "./lock-keeping.ts"
import { type DeployFailure, failure } from "./plan.ts"
import { pollDelayMs } from "./poll.ts"
import type { DeployState, Phase } from "./state.ts"
import { andThen, enter, type Step, stay, tell } from "./transition.ts"

type Building = Extract<Phase, { name: "building" }>

/** How long the service may not know a build that was just started. */
const unknownMs = 30_000
/** How long the service may take to start a build again after it failed. */
const retryMs = 60_000
const drainMs = 10_000
/** How long a second interrupt is waited for. */
export const leavingMs = 3_000

/** Follows a build from now on. */
export function follow(state: DeployState, id: string, ...effects: readonly Effect[]): Step {
  const poll = { dueMs: state.nowMs, asked: null, throttled: 0, silentSinceMs: null }
  return enter(state, { name: "building", id, sinceMs: state.nowMs, poll }, ...effects)
}

export function onBuildStarted(state: DeployState, build: Build): Step {
  const { start } = state.plan
  const started = begun({ ...state, build }, build)
  if (state.lock.status === "lost") return andThen(started, failWithoutLock)
  if (state.interrupt !== null) return andThen(started, (next) => letGo(next, build.id))
  if (start.type === "build" && start.detach)
    return andThen(started, (next) => close(next, { type: "detached" }))
  return andThen(started, (next) => follow(next, build.id, { do: "follow-log", build }))
}

function begun(state: DeployState, build: Build): Step {
  const { start } = state.plan
  const source = build.commit ?? (start.type === "build" ? start.commit : null)
  const { id, number, url } = build
  return stay(state, tell({ type: "build-started", build: id, number, source, url }))
}

/** Waits a moment for a second interrupt, which would stop the build. Only a person sends one. */
export function letGo(state: DeployState, build: string): Step {
  const signal = state.interrupt ?? "SIGINT"
  if (signal !== "SIGINT") return close(state, { type: "interrupted", signal, buildStopped: false })
  return enter(
    state,
    { name: "leaving", build, untilMs: state.nowMs + leavingMs },
    tell({ type: "stopping-soon", build, seconds: leavingMs / 1000 }),
  )
}

export function buildingTime(state: DeployState, phase: Building): Step {
  const { poll, id, sinceMs } = phase
  const { limits } = state.plan
  if (state.nowMs - sinceMs >= limits.buildMs) return fail(state, tooLong(state, id))
  if (poll.silentSinceMs !== null && state.nowMs - poll.silentSinceMs >= limits.silenceMs) {
    return fail(state, silent(state, id))
  }
  if (poll.asked !== null || state.nowMs < poll.dueMs) return stay(state)
  const ask = state.asks + 1
  const asking = { ...phase, poll: { ...poll, asked: ask } }
  return enter({ ...state, asks: ask }, asking, { do: "read-build", id, ask })
}

function tooLong({ plan }: DeployState, id: string): DeployFailure {
  return failure(
    "TIMED_OUT",
    `build ${id} did not end within ${Math.round(plan.limits.buildMs / 1000)} s; it still runs`,
    `follow it further: envseal deploy ${plan.environment} --resume ${id}`,
  )
}

function silent({ plan }: DeployState, id: string): DeployFailure {
  return failure(
    "REMOTE_FAILED",
    `CodeBuild gave no answer about build ${id} for ${Math.round(plan.limits.silenceMs / 1000)} s; it still runs`,
    `follow it again: envseal deploy ${plan.environment} --resume ${id}`,
  )
}

export function onBuildSeen(state: DeployState, phase: Building, build: Build, random: number): Step {
  if (build.id !== phase.id) return stay(state)
  const first = state.build === null || state.build.id !== build.id
  const opening = first
    ? andThen(begun(state, build), (next) => stay(next, { do: "follow-log", build }))
    : stay(state)
  const told = andThen(opening, (next) =>
    stay({ ...next, build }, ...phaseProgress(first ? null : state.build, build)),
  )
  return andThen(told, (next) =>
    build.complete ? onBuildEnded(next, phase, build, random) : again(next, phase, build, random),
  )
}

/** Phases that have begun or ended since the build was seen before. */
function phaseProgress(before: Build | null, { phases }: Build): readonly Effect[] {
  const known = new Map(before?.phases.map(({ type, status }) => [type, status]))
  return phases
    .filter(({ type, status }) => !known.has(type) || known.get(type) !== status)
    .map(({ type, status, seconds }) => tell({ type: "build-phase", phase: type, status, seconds }))
}

function again(state: DeployState, phase: Building, build: Build, random: number): Step {
  // One step down for each answer: after it complained, the service is asked slowly for a while.
  const throttled = Math.max(0, phase.poll.throttled - 1)
  const delayMs = pollDelayMs(build.currentPhase, throttled, state.plan.pollMs, random)
  const poll = { dueMs: state.nowMs + delayMs, asked: null, throttled, silentSinceMs: null }
  return enter(state, { ...phase, poll })
}

function onBuildEnded(state: DeployState, phase: Building, build: Build, random: number): Step {
  if (build.batch) return fail(state, batchFailure(build))
  if (build.retriedAs !== null) {
    const retried = tell({ type: "build-retried", build: build.id, by: build.retriedAs })
    return follow(state, build.retriedAs, retried)
  }
  const failed = build.status !== "SUCCEEDED"
  const { silentSinceMs } = phase.poll
  const endedMs = silentSinceMs ?? state.nowMs
  if (failed && build.status !== "STOPPED" && build.retriesLeft > 0 && state.nowMs - endedMs < retryMs) {
    const next = again(state, phase, build, random)
    return keepSilence(next, endedMs)
  }
  const seconds = build.endedAtMs === null ? null : Math.round((build.endedAtMs - build.startedAtMs) / 1000)
  const ended = stay(state, tell({ type: "build-ended", build: build.id, status: build.status, seconds }))
  return andThen(ended, (next) => (failed ? drain(next, build) : findImage(next, build)))
}

function keepSilence(step: Step, sinceMs: number): Step {
  const { phase } = step.state
  if (phase.name !== "building") return step
  return {
    ...step,
    state: { ...step.state, phase: { ...phase, poll: { ...phase.poll, silentSinceMs: sinceMs } } },
  }
}

function batchFailure({ id, project }: Build): DeployFailure {
  return failure(
    "PROJECT_UNUSABLE",
    `build ${id} is a part of a batch build, which envseal does not follow`,
    `deploy the image that the batch makes: envseal deploy --image, or take the batch out of the project ${project}`,
  )
}

function drain(state: DeployState, build: Build): Step {
  const why = failure(
    "BUILD_FAILED",
    describeEnd(build),
    build.url === null ? undefined : `the whole log: ${build.url}`,
  )
  return enter(state, { name: "draining", failure: why, untilMs: state.nowMs + drainMs }, { do: "drain-log" })
}

export function onDrained(state: DeployState): Step {
  return state.phase.name === "draining" ? fail(state, state.phase.failure) : stay(state)
}

export function drainingTime(state: DeployState): Step {
  if (state.phase.name !== "draining" || state.nowMs < state.phase.untilMs) return stay(state)
  return fail(state, state.phase.failure)
}

function findImage(state: DeployState, build: Build): Step {
  const { start } = state.plan
  const wanted = start.type === "build" ? start.commit : null
  if (isCommit(wanted) && isCommit(build.commit) && wanted !== build.commit) {
    return fail(
      state,
      failure(
        "IMAGE_UNUSABLE",
        `build ${build.id} built commit ${build.commit}, and ${wanted} was asked for`,
      ),
    )
  }
  return enter(state, { name: "imaging" }, { do: "drain-log" }, { do: "find-image", from: build })
}

function isCommit(text: string | null): text is string {
  return text !== null && /^[0-9a-f]{40}$/.test(text)
}

export function onBuildMissing(state: DeployState, phase: Building, random: number): Step {
  const { start, environment } = state.plan
  const mayAppear = start.type !== "resume" || state.build !== null
  if (mayAppear && state.nowMs - phase.sinceMs < unknownMs)
    return quiet(state, phase, phase.poll.throttled, random)
  return fail(
    state,
    failure(
      "BUILD_FAILED",
      `CodeBuild knows no build ${phase.id}`,
      `look at its id, and at account and Region of ${environment}: aws codebuild list-builds-for-project`,
    ),
  )
}

export function onBuildUnseen(
  state: DeployState,
  phase: Building,
  why: DeployFailure,
  reason: "throttled" | "passing" | "final",
  random: number,
): Step {
  if (reason === "final") return fail(state, stillRuns(state, phase.id, why))
  const throttled = reason === "throttled" ? phase.poll.throttled + 1 : phase.poll.throttled
  const first = phase.poll.silentSinceMs === null
  const told = stay(state, ...(first ? [tell({ type: "build-silent", why: why.message })] : []))
  return andThen(told, (next) => quiet(next, phase, throttled, random))
}

function stillRuns({ plan }: DeployState, id: string, why: DeployFailure): DeployFailure {
  const message = `${why.message}; build ${id} still runs`
  return {
    ...why,
    message,
    hint: why.hint ?? `follow it again: envseal deploy ${plan.environment} --resume ${id}`,
  }
}

function quiet(state: DeployState, phase: Building, throttled: number, random: number): Step {
  const delayMs = pollDelayMs("BUILD", throttled, state.plan.pollMs, random)
  const silentSinceMs = phase.poll.silentSinceMs ?? state.nowMs
  return enter(state, {
    ...phase,
    poll: { dueMs: state.nowMs + delayMs, asked: null, throttled, silentSinceMs },
  })
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
