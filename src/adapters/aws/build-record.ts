import type {
  Build as Answered,
  BuildPhase as AnsweredPhase,
  AutoRetryConfig,
  EnvironmentVariable,
  LogsLocation,
} from "@aws-sdk/client-codebuild"
import {
  type Build,
  type BuildPhase,
  type BuildStatus,
  type LogLocation,
  resealVariable,
} from "../../core/build.ts"
import { printable } from "../../core/text.ts"

const maxMessageLength = 1_000
const statuses: readonly string[] = [
  "SUCCEEDED",
  "FAILED",
  "FAULT",
  "TIMED_OUT",
  "IN_PROGRESS",
  "STOPPED",
] satisfies BuildStatus[]

/**
 * A build as the CodeBuild API answers it ("Build" in its reference), in our words.
 *
 * @returns `null` for an answer that does not tell which build it is, or when it began.
 */
export function buildOfRecord(answered: Answered): Build | null {
  const { id, arn, startTime, endTime, autoRetryConfig } = answered
  const started = startTime ?? answered.phases?.[0]?.startTime
  if (!id || started === undefined) return null
  const complete = answered.buildComplete === true
  const project = answered.projectName ?? id.split(":")[0] ?? id
  return {
    id,
    project,
    number: answered.buildNumber ?? null,
    status: statusOf(answered.buildStatus) ?? (complete ? "FAULT" : "IN_PROGRESS"),
    complete,
    currentPhase: answered.currentPhase ?? "SUBMITTED",
    phases: (answered.phases ?? []).map(readPhase),
    startedAtMs: started.getTime(),
    endedAtMs: complete ? (endTime?.getTime() ?? null) : null,
    commit: answered.resolvedSourceVersion || null,
    exported: Object.fromEntries(
      (answered.exportedEnvironmentVariables ?? []).map(({ name, value }) => [name ?? "", value ?? ""]),
    ),
    log: readLogLocation(answered.logs),
    url: arn === undefined ? null : consoleUrl(arn, project, id),
    retriedAs: buildIdIn(autoRetryConfig?.nextAutoRetry),
    retriesLeft: retriesLeft(autoRetryConfig),
    batch: Boolean(answered.buildBatchArn),
    reseals: resealedBy(answered.environment?.environmentVariables ?? []),
  }
}

function readPhase({ phaseType, phaseStatus, durationInSeconds, contexts }: AnsweredPhase): BuildPhase {
  const status = statusOf(phaseStatus)
  return {
    type: phaseType ?? "UNKNOWN",
    status: status === "IN_PROGRESS" ? null : status,
    seconds: durationInSeconds ?? null,
    messages: (contexts ?? [])
      .map(({ statusCode, message }) => [statusCode, message].filter(Boolean).join(": "))
      .filter((text) => text !== "")
      .map((text) => printable(text.replace(/\s+/g, " ").trim(), maxMessageLength)),
  }
}

/** Of its variables, none but this one is looked at: others may hold anything. */
function resealedBy(variables: readonly EnvironmentVariable[]): string | null {
  return variables.find(({ name }) => name === resealVariable)?.value || null
}

function statusOf(text: string | undefined): BuildStatus | null {
  return text !== undefined && isStatus(text) ? text : null
}

function isStatus(text: string): text is BuildStatus {
  return statuses.includes(text)
}

/** Until a build has its machine, the names of its group and stream are missing, or the text `null`. */
function readLogLocation(logs: LogsLocation | undefined): LogLocation {
  if (logs?.cloudWatchLogs?.status === "DISABLED") return { type: "elsewhere", where: bucketOf(logs) }
  const { groupName: group, streamName: stream } = logs ?? {}
  return isName(group) && isName(stream) ? { type: "stream", group, stream } : { type: "pending" }
}

function isName(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text !== "null"
}

function bucketOf({ s3Logs, s3LogsArn }: LogsLocation): string {
  if (s3Logs?.status !== "ENABLED") return "nowhere"
  const place = (s3LogsArn || s3Logs.location || "").replace(/^arn:[^:]+:s3:::/, "")
  return place === "" ? "S3" : `s3://${printable(place, 300)}`
}

function retriesLeft({ autoRetryLimit = 0, autoRetryNumber = 0 }: AutoRetryConfig = {}): number {
  return Math.max(0, autoRetryLimit - autoRetryNumber)
}

/** The id in a build's ARN, such as `shop:1b2c…`. */
function buildIdIn(arn: string | undefined): string | null {
  return /^arn:[^:]+:codebuild:[^:]+:\d+:build\/(.+)$/.exec(arn ?? "")?.[1] ?? null
}

const consoles: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
}

/** @returns `null` in a partition whose console is not known. */
function consoleUrl(arn: string, project: string, id: string): string | null {
  const [, partition = "", region = "", account = ""] =
    /^arn:([^:]+):codebuild:([a-z0-9-]+):(\d{12}):/.exec(arn) ?? []
  const host = Object.hasOwn(consoles, partition) ? consoles[partition] : undefined
  if (host === undefined) return null
  const path = [account, "projects", project, "build", id].map(encodeURIComponent).join("/")
  return `https://${region}.${host}/codesuite/codebuild/${path}/?region=${region}`
}
