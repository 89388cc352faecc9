import { startOf } from "./build-progress.ts"
import type { BuildRecord } from "./build-record.ts"

/** The stream of a build's log. */
export interface LogStream {
  readonly group: string
  readonly stream: string
}

/** A line that can be read. */
export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly message: string
}

/** @returns `null` for a build that writes nothing to CloudWatch. */
export function logStreamOf({ project, uuid }: BuildRecord): LogStream | null {
  const config = project.logsConfig?.cloudWatchLogs
  if (config?.status === "DISABLED") return null
  const prefix = config?.streamName === undefined ? "" : `${config.streamName}/`
  return { group: config?.groupName ?? `/aws/codebuild/${project.name}`, stream: `${prefix}${uuid}` }
}

/** Whether the build's machine has made what the log goes to. */
export function hasLog(record: BuildRecord, part: "group" | "stream", now: number): boolean {
  const { missing } = record.play.log ?? {}
  const start = startOf(record, "PROVISIONING")
  if (logStreamOf(record) === null || start === null || start > now) return false
  return missing === undefined || (missing === "stream" && part === "group")
}

/** The lines that have been written by then. A build that was stopped wrote nothing after that. */
export function logEvents({ play, startedAt, stoppedAt }: BuildRecord, now: number): readonly LogEvent[] {
  const until = Math.min(now, stoppedAt ?? now)
  return (play.lines ?? [])
    .map(({ at, text }) => ({ timestamp: Math.floor(startedAt + at * 1000), message: `${text}\n` }))
    .filter(({ timestamp }) => timestamp <= until)
}

/** The member `logs` of a build (CodeBuild API reference, "LogsLocation"). */
export function logsLocation(record: BuildRecord, now: number): object {
  const { logsConfig } = record.project
  const { cloudWatchLogs = { status: "ENABLED" }, s3Logs = { status: "DISABLED" } } = logsConfig ?? {}
  return {
    ...cloudWatchLocation(record, now),
    ...(s3Logs.status === "ENABLED" && s3Location(record)),
    cloudWatchLogs,
    s3Logs: { ...s3Logs, encryptionDisabled: false },
  }
}

function cloudWatchLocation(record: BuildRecord, now: number): object {
  const log = logStreamOf(record)
  if (log === null) return {}
  const { region, account } = record.place
  const start = startOf(record, record.play.log?.namedEarly === true ? "SUBMITTED" : "PROVISIONING")
  const isNamed = start !== null && start <= now
  const { group, stream } = isNamed ? log : { group: "null", stream: "null" }
  return {
    ...(isNamed && { groupName: group, streamName: stream }),
    deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${link(group)}/log-events/${link(stream)}`,
    cloudWatchLogsArn: `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`,
  }
}

function s3Location({ project, uuid, place }: BuildRecord): object {
  const path = `${(project.logsConfig?.s3Logs?.location ?? "").replace("arn:aws:s3:::", "")}/${uuid}.gz`
  return {
    s3DeepLink: `https://s3.console.aws.amazon.com/s3/object/${path}?region=${place.region}`,
    s3LogsArn: `arn:aws:s3:::${path}`,
  }
}

// The console takes names that are encoded twice, with a dollar sign for the percent sign of the second time.
function link(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll("%", "$")
}
