import { createHash } from "node:crypto"
import { logsLocation } from "./build-log.ts"
import type { EndStatus, PhaseContext, PhaseType } from "./build-play.ts"
import { type PhaseProgress, progressOf, startOf } from "./build-progress.ts"
import { type BuildRecord, buildArn, buildId, type EnvironmentVariable } from "./build-record.ts"
import { environmentView, keyOf, serviceRoleOf } from "./project-view.ts"

/** A build as CodeBuild answers it (API reference, "Build"). Times are seconds since 1970. */
export interface WireBuild {
  readonly id: string
  readonly arn: string
  readonly buildNumber: number
  readonly startTime: number
  readonly endTime?: number
  readonly currentPhase: PhaseType
  readonly buildStatus: EndStatus | "IN_PROGRESS"
  readonly buildComplete: boolean
  readonly sourceVersion?: string
  readonly resolvedSourceVersion?: string
  readonly projectName: string
  readonly phases: readonly WirePhase[]
  readonly environment: { readonly environmentVariables: readonly EnvironmentVariable[] }
  readonly logs: object
  readonly exportedEnvironmentVariables: readonly { readonly name: string; readonly value: string }[]
  readonly initiator: string
  readonly buildBatchArn?: string
  readonly autoRetryConfig: {
    readonly autoRetryLimit: number
    readonly autoRetryNumber: number
    readonly nextAutoRetry?: string
    readonly previousAutoRetry?: string
  }
}

/** A phase as CodeBuild answers it. One that runs has a start and nothing else. */
export interface WirePhase {
  readonly phaseType: PhaseType
  readonly startTime: number
  readonly endTime?: number
  readonly durationInSeconds?: number
  readonly phaseStatus?: EndStatus
  readonly contexts?: readonly PhaseContext[]
}

/** What CodeBuild says of a build at a time. */
export function buildView(record: BuildRecord, now: number): WireBuild {
  const { project, place, order, play } = record
  const id = buildId(record)
  const { phases, current, status, completedAt } = progressOf(record, now)
  return {
    id,
    arn: buildArn(id, place),
    buildNumber: record.number,
    startTime: seconds(record.startedAt),
    ...(completedAt !== null && { endTime: seconds(completedAt) }),
    currentPhase: current,
    buildStatus: status,
    buildComplete: completedAt !== null,
    ...versions(record, now),
    projectName: project.name,
    phases: phases.map(phaseView),
    environment: environmentView(project, order.variables),
    logs: logsLocation(record, now),
    exportedEnvironmentVariables: hasBegun(record, "UPLOAD_ARTIFACTS", now)
      ? Object.entries(play.exported ?? {}).map(([name, value]) => ({ name, value }))
      : [],
    initiator: order.initiator,
    ...(play.buildBatchArn !== undefined && { buildBatchArn: play.buildBatchArn }),
    autoRetryConfig: autoRetry(record),
    ...settings(record),
  }
}

/** Milliseconds as CodeBuild writes a time: seconds with a fraction. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000
}

function phaseView({ type, start, end, status, contexts }: PhaseProgress): WirePhase {
  const begun = { phaseType: type, startTime: seconds(start) }
  if (end === null) return begun
  return {
    ...begun,
    phaseStatus: status,
    endTime: seconds(end),
    durationInSeconds: Math.round((end - start) / 1000),
    ...(contexts.length > 0 && { contexts }),
  }
}

function versions(
  record: BuildRecord,
  now: number,
): Pick<WireBuild, "sourceVersion" | "resolvedSourceVersion"> {
  const { project, order, play } = record
  const hasCommits = !["S3", "NO_SOURCE", "CODEPIPELINE"].includes(project.source.type)
  const asked = order.sourceVersion ?? project.sourceVersion
  return {
    ...(asked !== undefined && { sourceVersion: asked }),
    ...(hasCommits &&
      hasBegun(record, "INSTALL", now) && {
        resolvedSourceVersion: play.resolvedSourceVersion ?? commitFor(asked ?? "HEAD"),
      }),
  }
}

/** A commit is itself; a branch or a tag stands for one. */
function commitFor(version: string): string {
  if (/^[0-9a-f]{40}$/.test(version)) return version
  return createHash("sha1").update(version).digest("hex")
}

function hasBegun(record: BuildRecord, type: PhaseType, now: number): boolean {
  const start = startOf(record, type)
  return start !== null && start <= now
}

function autoRetry(record: BuildRecord): WireBuild["autoRetryConfig"] {
  const { order, retryNumber, retryOf, retriedAs, place } = record
  return {
    autoRetryLimit: order.autoRetryLimit,
    autoRetryNumber: retryNumber,
    ...(retriedAs !== null && { nextAutoRetry: buildArn(retriedAs, place) }),
    ...(retryOf !== null && { previousAutoRetry: buildArn(retryOf, place) }),
  }
}

function settings({ project, place }: BuildRecord): object {
  return {
    source: project.source,
    artifacts: { location: "" },
    cache: { type: "NO_CACHE" },
    serviceRole: serviceRoleOf(project, place),
    encryptionKey: keyOf(place),
    timeoutInMinutes: 60,
    queuedTimeoutInMinutes: 480,
  }
}
