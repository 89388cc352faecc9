import type { ErrorCode, Problem } from "../../core/error.ts"
import type { Images, WorkloadRef } from "../../core/workload.ts"
import type { Release } from "./release.ts"

/** What a run is asked to do. Milliseconds are those of the run's own clock, which begins at 0. */
export interface Plan {
  readonly environment: string
  readonly start: Start
  /** Names of the hooks, in their order. No two are the same. */
  readonly hooks: { readonly before: readonly string[]; readonly after: readonly string[] }
  /** Whether a rollout that fails is taken back. */
  readonly rollback: boolean
  /** How often the build is asked for; `null` leaves it to its phase. */
  readonly pollMs: number | null
  readonly limits: DeployLimits
}

export interface DeployLimits {
  /** How long a build is followed. */
  readonly buildMs: number
  /** How long a rollout may stand still. */
  readonly stallMs: number
  /** How long all of a workload must stay ready before it counts as proven. */
  readonly settleMs: number
  /** How long a remote may not answer. */
  readonly silenceMs: number
}

export type Start =
  /** @property commit what is built; `null` for what the project itself builds. */
  | { readonly type: "build"; readonly commit: string | null; readonly detach: boolean }
  | { readonly type: "resume"; readonly build: string }
  /**
   * Another configuration for the code that runs.
   *
   * @property build one that was started before for this; `null` to start one.
   */
  | { readonly type: "reseal"; readonly build: string | null; readonly detach: boolean }
  /** An image that exists. */
  | { readonly type: "image"; readonly image: string }
  /**
   * @property to names a release, as `isNamed` has it; `null` for the one before that which runs.
   * @property agreed the way back that somebody agreed to; `null` when nobody was asked.
   */
  | { readonly type: "back"; readonly to: string | null; readonly agreed: readonly BackStep[] | null }

/** One workload on the way back. */
export interface BackStep {
  readonly workload: string
  /** What runs; only its images where nobody wrote down what it is. */
  readonly from: Release
  readonly to: Release
  /** What its containers have now, and what they get. */
  readonly live: Images
  readonly images: Images
}

/** A workload as it was found, with the containers that are to get the image. */
export interface CheckedTarget {
  readonly ref: WorkloadRef
  /** What these containers have now. */
  readonly live: Images
  readonly releases: readonly Release[]
}

/** The image of a release, proven to be in its registry. */
export interface ReleaseImage {
  /** By digest: `repository@sha256:…`. */
  readonly image: string
  readonly build: string | null
  readonly commit: string | null
  readonly secretVersion: string | null
  /** When its configuration was sealed: RFC 3339. */
  readonly sealedAt: string | null
  /** The digest of the image that was built with its code, where it is another one. */
  readonly code?: string
}

/** The build that is followed and was not started by this run; `null` when there is none. */
export function resumedBuild(start: Start): string | null {
  return start.type === "resume" || start.type === "reseal" ? start.build : null
}

/** How somebody goes on with a build. */
export function resumeCommand(
  { environment, start }: Pick<Plan, "environment" | "start">,
  build: string,
): string {
  return `envseal deploy ${environment}${start.type === "reseal" ? " --reseal" : ""} --resume ${build}`
}

/** Why something failed, as an `EnvsealError` says it. */
export interface DeployFailure {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
  readonly problems: readonly Problem[]
}

export function failure(code: ErrorCode, message: string, hint?: string): DeployFailure {
  return { code, message, hint, problems: [] }
}

/** What was found out about a container that does not run. Texts are as the cluster wrote them. */
export interface Diagnostics {
  readonly workload: string
  /** Last lines of its log. */
  readonly log: readonly string[]
  /** What was reported of the pod or its workload: warnings of the container first, then other warnings. */
  readonly events: readonly string[]
}

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP"
