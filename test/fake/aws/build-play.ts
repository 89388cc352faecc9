import type { ImageIndex } from "./repository.ts"

/** The phases of a build, in order (CodeBuild API reference, "BuildPhase"). */
export const phaseTypes = [
  "SUBMITTED",
  "QUEUED",
  "PROVISIONING",
  "DOWNLOAD_SOURCE",
  "INSTALL",
  "PRE_BUILD",
  "BUILD",
  "POST_BUILD",
  "UPLOAD_ARTIFACTS",
  "FINALIZING",
  "COMPLETED",
] as const

export type PhaseType = (typeof phaseTypes)[number]

/** A phase that lasts: `COMPLETED` has no end. */
export type TimedPhase = Exclude<PhaseType, "COMPLETED">

/** What a build that is complete can have as its status. */
export type EndStatus = "SUCCEEDED" | "FAILED" | "FAULT" | "TIMED_OUT" | "STOPPED"

/** What a phase says about its end. */
export interface PhaseContext {
  readonly statusCode: string
  readonly message: string
}

/** The phase that goes wrong. Its status is that of the build, too. */
export interface PhaseFailure {
  readonly phase: TimedPhase
  /** By default `FAILED`. */
  readonly status?: Exclude<EndStatus, "SUCCEEDED">
  /** By default none. */
  readonly contexts?: readonly PhaseContext[]
}

/** A line of the log. */
export interface PlayedLine {
  /** Seconds of the build's clock after its start, when it can be read; may be after the end of the build. */
  readonly at: number
  readonly text: string
}

/** How the log of a build behaves, beside what the project's `logsConfig` says. */
export interface PlayedLog {
  /** What is never there, though the build names it. */
  readonly missing?: "group" | "stream"
  /** Whether its name is told from the start. Otherwise it is null until `PROVISIONING`, as is usual. */
  readonly namedEarly?: boolean
  /** How many pages without a line come before each page with lines. */
  readonly emptyPages?: number
}

/** An image that the build pushes when `POST_BUILD` succeeds and nothing has failed before. */
export interface PlayedImage {
  /** Name of a repository of the project's account. */
  readonly repository: string
  /** `{build}` in one is what the build's id ends with. */
  readonly tags: readonly string[]
  readonly digest: string
  readonly index?: ImageIndex
}

/** One build as it will go. Without any member it succeeds, with no log line and no image. */
export interface Play {
  /** Seconds of the build's clock, for the phases that do not take their usual time. */
  readonly seconds?: Readonly<Partial<Record<TimedPhase, number>>>
  readonly failure?: PhaseFailure
  /** In the order in which they appear. */
  readonly lines?: readonly PlayedLine[]
  readonly log?: PlayedLog
  /** What `exportedEnvironmentVariables` has once `POST_BUILD` is over. */
  readonly exported?: Readonly<Record<string, string>>
  /** By default the version that was asked for, or a commit that stands for it. */
  readonly resolvedSourceVersion?: string
  readonly image?: PlayedImage
  /** For a build that belongs to a batch. */
  readonly buildBatchArn?: string
}

/** A phase of a play. Times are milliseconds after the start of the build. */
export interface Span {
  readonly type: PhaseType
  readonly start: number
  /** The same as `start` for `COMPLETED`. */
  readonly end: number
  readonly status: EndStatus
  readonly contexts: readonly PhaseContext[]
}

/** What a phase takes when the play does not say. */
export const usualSeconds: Readonly<Record<TimedPhase, number>> = {
  SUBMITTED: 0,
  QUEUED: 1,
  PROVISIONING: 10,
  DOWNLOAD_SOURCE: 3,
  INSTALL: 1,
  PRE_BUILD: 5,
  BUILD: 60,
  POST_BUILD: 10,
  UPLOAD_ARTIFACTS: 0,
  FINALIZING: 2,
}

/**
 * All phases of a play, which end with `COMPLETED`. What comes after a failure is what CodeBuild does: `POST_BUILD`
 * after a failed `BUILD`, and artifacts once the commands have begun; a build that is killed has no more phases.
 */
export function timetable(play: Play): readonly Span[] {
  const spans: Span[] = []
  let clock = 0
  for (const type of phasesOf(play.failure)) {
    const start = clock
    clock += type === "COMPLETED" ? 0 : (play.seconds?.[type] ?? usualSeconds[type]) * 1000
    spans.push({ type, start, end: clock, ...outcomeOf(type, play.failure) })
  }
  return spans
}

function phasesOf(failure: PhaseFailure | undefined): readonly PhaseType[] {
  if (failure === undefined) return phaseTypes
  const { phase, status = "FAILED" } = failure
  const until = phaseTypes.slice(0, phaseTypes.indexOf(phase) + 1)
  return [...until, ...(status === "FAILED" ? afterFailure(phase) : []), "COMPLETED"]
}

function afterFailure(phase: TimedPhase): readonly PhaseType[] {
  switch (phase) {
    case "SUBMITTED":
    case "QUEUED":
    case "PROVISIONING":
    case "FINALIZING":
      return []
    case "DOWNLOAD_SOURCE":
    case "UPLOAD_ARTIFACTS":
      return ["FINALIZING"]
    case "BUILD":
      return ["POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING"]
    default:
      return ["UPLOAD_ARTIFACTS", "FINALIZING"]
  }
}

function outcomeOf(type: PhaseType, failure: PhaseFailure | undefined): Pick<Span, "status" | "contexts"> {
  if (failure?.phase === type) return { status: failure.status ?? "FAILED", contexts: failure.contexts ?? [] }
  // A phase on the build's machine has a context always, which is empty when there is nothing to say.
  const isOnMachine = !["SUBMITTED", "QUEUED", "COMPLETED"].includes(type)
  return { status: "SUCCEEDED", contexts: isOnMachine ? [{ statusCode: "", message: "" }] : [] }
}
