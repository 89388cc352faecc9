import type { PhaseContext, Play } from "./build-play.ts"
import type { Project } from "./project.ts"

/** What a build was started with. */
export interface BuildOrder {
  readonly sourceVersion: string | null
  /** Overrides of the environment's variables. */
  readonly variables: readonly EnvironmentVariable[]
  /** How often CodeBuild may start it again, by the request or the project. */
  readonly autoRetryLimit: number
  /** Why it comes no further than `DOWNLOAD_SOURCE`; `null` when it does. */
  readonly sourceFault: PhaseContext | null
  /** As CodeBuild names a role's session: `ROLE/SESSION`. */
  readonly initiator: string
}

export interface EnvironmentVariable {
  readonly name: string
  readonly value: string
  readonly type: string
}

/** Where a build runs. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** A build that was started. All that it shows follows from this and the time. */
export interface BuildRecord {
  readonly uuid: string
  readonly number: number
  readonly place: Place
  /** As it was when the build began. */
  readonly project: Project
  readonly play: Play
  readonly order: BuildOrder
  /** By the clock of the builds, in milliseconds since 1970. */
  readonly startedAt: number
  readonly stoppedAt: number | null
  /** The ids of the builds that were started automatically before and after. */
  readonly retryOf: string | null
  readonly retriedAs: string | null
  /** How many automatic builds came before. */
  readonly retryNumber: number
}

/** `PROJECT:UUID` */
export function buildId({ project, uuid }: Pick<BuildRecord, "project" | "uuid">): string {
  return `${project.name}:${uuid}`
}

/** `arn:aws:codebuild:…:build/PROJECT:UUID` */
export function buildArn(id: string, { region, account }: Place): string {
  return `arn:aws:codebuild:${region}:${account}:build/${id}`
}
