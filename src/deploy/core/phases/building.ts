import { type Build, resealVariable } from "../../../core/build.ts"
import { buildBegun, describeEnd, followBuild, leaveBuild, pollDelayMs } from "../build.ts"
import type { Effect } from "../effect.ts"
import { type DeployFailure, failure, resumeCommand, resumedBuild } from "../plan.ts"
import { resealOrigin } from "../reseal-origin.ts"
import type { DeployState } from "../state.ts"
import { andThen, fail, go, type In, type PhaseModule, stay, type Turn, tell } from "../transition.ts"

type Building = In<"building">
type Watched = Building["phase"]

/** How long the service may not know a build that was just started. */
const unknownMs = 30_000
/** How long the service may take to start a build again after it failed. */
const retryMs = 60_000
const drainMs = 10_000

/** Follows the build to its end. */
export const building: PhaseModule<"building"> = {
  on(state, event) {
    const { asked } = state.phase.poll
    switch (event.type) {
      case "build-seen":
        return event.ask === asked ? onSeen(state, event.build, event.random) : null
      case "build-missing":
        return event.ask === asked ? onMissing(state, event.random) : null
      case "build-unseen":
        return event.ask === asked ? onUnseen(state, event.failure, event.reason, event.random) : null
      case "interrupted":
        return leaveBuild(state, state.phase.id)
      default:
        return null
    }
  },

  time: ask,
}

function ask(state: Building): Turn {
  const { phase } = state
  const { poll, id, sinceMs } = phase
  const { limits } = state.plan
  if (state.nowMs - sinceMs >= limits.buildMs) return fail(state, tooLong(state, id))
  if (poll.silentSinceMs !== null && state.nowMs - poll.silentSinceMs >= limits.silenceMs) {
    return fail(state, silent(state, id))
  }
  if (poll.asked !== null || state.nowMs < poll.dueMs) return stay(state)
  const ask = state.asks + 1
  const asking = { ...phase, poll: { ...poll, asked: ask } }
  return stay({ ...state, asks: ask, phase: asking }, { do: "read-build", id, ask })
}

function tooLong({ plan }: DeployState, id: string): DeployFailure {
  return failure(
    "TIMED_OUT",
    `build ${id} did not end within ${Math.round(plan.limits.buildMs / 1000)} s; it still runs`,
    `follow it further: ${resumeCommand(plan, id)}`,
  )
}

function silent({ plan }: DeployState, id: string): DeployFailure {
  return failure(
    "REMOTE_FAILED",
    `CodeBuild gave no answer about build ${id} for ${Math.round(plan.limits.silenceMs / 1000)} s; it still runs`,
    `follow it again: ${resumeCommand(plan, id)}`,
  )
}

function onSeen(state: Building, build: Build, random: number): Turn {
  const { phase } = state
  if (build.id !== phase.id) return stay(state)
  const first = state.build === null || state.build.id !== build.id
  const opening = first
    ? andThen(takeOrigin(state, build), (next) =>
        andThen(buildBegun(next, build), (begun) => stay(begun, { do: "follow-log", build })),
      )
    : stay(state)
  const told = andThen(opening, (next) =>
    stay({ ...next, build }, ...phaseProgress(first ? null : state.build, build)),
  )
  return andThen(told, (next) =>
    build.complete ? onEnded(next, phase, build, random) : later(next, phase, build, random),
  )
}

/** Who goes on with a build may not know that it was started to reseal: its image is judged all the same. */
function takeOrigin(state: Building, { reseals }: Build): Turn {
  const { start, environment } = state.plan
  if (reseals === null || start.type !== "resume" || state.origin !== null) return stay(state)
  const found = resealOrigin(state.targets, environment, true)
  return found.type === "none" ? fail(state, found.failure) : stay({ ...state, origin: found.origin })
}

/** Phases that have begun or ended since the build was seen before. */
function phaseProgress(before: Build | null, { phases }: Build): readonly Effect[] {
  const known = new Map(before?.phases.map(({ type, status }) => [type, status]))
  return phases
    .filter(({ type, status }) => !known.has(type) || known.get(type) !== status)
    .map(({ type, status, seconds }) => tell({ type: "build-phase", phase: type, status, seconds }))
}

function later(
  state: DeployState,
  phase: Watched,
  build: Build,
  random: number,
  silentSinceMs: number | null = null,
): Turn {
  // One step down for each answer: after it complained, the service is asked slowly for a while.
  const throttled = Math.max(0, phase.poll.throttled - 1)
  const delayMs = pollDelayMs(build.currentPhase, throttled, state.plan.pollMs, random)
  const poll = { dueMs: state.nowMs + delayMs, asked: null, throttled, silentSinceMs }
  return stay({ ...state, phase: { ...phase, poll } })
}

function onEnded(state: DeployState, phase: Watched, build: Build, random: number): Turn {
  if (build.batch) return fail(state, batchFailure(build))
  if (build.retriedAs !== null) {
    const retried = tell({ type: "build-retried", build: build.id, by: build.retriedAs })
    return followBuild(state, build.retriedAs, retried)
  }
  const failed = build.status !== "SUCCEEDED"
  const { silentSinceMs } = phase.poll
  const endedMs = silentSinceMs ?? state.nowMs
  if (failed && build.status !== "STOPPED" && build.retriesLeft > 0 && state.nowMs - endedMs < retryMs) {
    return later(state, phase, build, random, endedMs)
  }
  const seconds = build.endedAtMs === null ? null : Math.round((build.endedAtMs - build.startedAtMs) / 1000)
  const ended = stay(state, tell({ type: "build-ended", build: build.id, status: build.status, seconds }))
  return andThen(ended, (next) => (failed ? drain(next, build) : findImage(next, build)))
}

function batchFailure({ id, project }: Build): DeployFailure {
  return failure(
    "PROJECT_UNUSABLE",
    `build ${id} is a part of a batch build, which envseal does not follow`,
    `deploy the image that the batch makes: envseal deploy --image, or take the batch out of the project ${project}`,
  )
}

function drain(state: DeployState, build: Build): Turn {
  const why = failure(
    "BUILD_FAILED",
    describeEnd(build),
    build.url === null ? undefined : `the whole log: ${build.url}`,
  )
  return go(state, { name: "draining", failure: why, untilMs: state.nowMs + drainMs })
}

function findImage(state: DeployState, build: Build): Turn {
  const { start } = state.plan
  if (start.type === "build" && build.reseals !== null) return fail(state, resealsAlways(build))
  const wanted = start.type === "build" ? start.commit : (state.origin?.commit ?? null)
  if (isCommit(wanted) && isCommit(build.commit) && wanted !== build.commit) {
    return fail(
      state,
      failure(
        "IMAGE_UNUSABLE",
        `build ${build.id} built commit ${build.commit}, and ${wanted} was asked for`,
      ),
    )
  }
  return go(state, { name: "imaging", from: build }, { do: "drain-log" })
}

/** Its image has the code of another one, whatever commit the build was started at. */
function resealsAlways({ id, project }: Build): DeployFailure {
  return failure(
    "PROJECT_UNUSABLE",
    `build ${id} was to build new code, and was told to reseal by a variable ${resealVariable} that no deploy gave it`,
    `take ${resealVariable} out of the project ${project}, and out of build.variables in envseal.yaml`,
  )
}

function isCommit(text: string | null): text is string {
  return text !== null && /^[0-9a-f]{40}$/.test(text)
}

function onMissing(state: Building, random: number): Turn {
  const { phase } = state
  const { start, environment } = state.plan
  const mayAppear = resumedBuild(start) === null || state.build !== null
  if (mayAppear && state.nowMs - phase.sinceMs < unknownMs)
    return silence(state, phase, phase.poll.throttled, random)
  return fail(
    state,
    failure(
      "BUILD_FAILED",
      `CodeBuild knows no build ${phase.id}`,
      `look at its id, and at account and Region of ${environment}: aws codebuild list-builds-for-project`,
    ),
  )
}

function onUnseen(
  state: Building,
  why: DeployFailure,
  reason: "throttled" | "passing" | "final",
  random: number,
): Turn {
  const { phase } = state
  if (reason === "final") return fail(state, stillRuns(state, phase.id, why))
  const throttled = reason === "throttled" ? phase.poll.throttled + 1 : phase.poll.throttled
  const first = phase.poll.silentSinceMs === null
  const told = stay(state, ...(first ? [tell({ type: "build-silent", why: why.message })] : []))
  return andThen(told, (next) => silence(next, phase, throttled, random))
}

function stillRuns({ plan }: DeployState, id: string, why: DeployFailure): DeployFailure {
  const message = `${why.message}; build ${id} still runs`
  return {
    ...why,
    message,
    hint: why.hint ?? `follow it again: ${resumeCommand(plan, id)}`,
  }
}

function silence(state: DeployState, phase: Watched, throttled: number, random: number): Turn {
  const delayMs = pollDelayMs("BUILD", throttled, state.plan.pollMs, random)
  const silentSinceMs = phase.poll.silentSinceMs ?? state.nowMs
  const poll = { dueMs: state.nowMs + delayMs, asked: null, throttled, silentSinceMs }
  return stay({ ...state, phase: { ...phase, poll } })
}
