import { authorize } from "./authorize.ts"
import { hasLog, logEvents, logStreamOf } from "./build-log.ts"
import type { BuildRecord } from "./build-record.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { pageOf } from "./log-page.ts"
import { readMembers } from "./members.ts"
import { placeOf } from "./project-id.ts"

/** CloudWatch Logs, as `Logs_20140328.…`: the logs of builds, and no others. */
export const logsOperations: Readonly<Record<string, Operation>> = { GetLogEvents: getLogEvents }

const mostEvents = 10_000

function getLogEvents(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...{ logGroupName: "text", logStreamName: "text", nextToken: "text", startFromHead: "flag" },
    ...{ limit: "number", unmask: "flag" },
    ...{ logGroupIdentifier: "unsupported", startTime: "unsupported", endTime: "unsupported" },
  })
  const { nextToken, startFromHead = false, limit = mostEvents } = members
  const group = readName("logGroupName", members.logGroupName, /^[\w./#-]{1,512}$/)
  const stream = readName("logStreamName", members.logStreamName, /^[^:*]{1,512}$/)
  if (limit < 1 || limit > mostEvents) throw invalid("limit", `must be between 1 and ${mostEvents}`)
  allowReading(caller, group, stream, members.unmask === true)
  const record = findStream(call, caller, group, stream)
  const now = call.state.clock.now()
  const emptyPages = record.play.log?.emptyPages ?? 0
  const page = pageOf(logEvents(record, now), { nextToken, startFromHead, limit, emptyPages })
  return {
    ...page,
    events: page.events.map((event) => ({ ...event, ingestionTime: event.timestamp })),
  }
}

function allowReading(caller: Caller, group: string, stream: string, unmask: boolean): void {
  const groupArn = `arn:aws:logs:${caller.region}:${caller.principal.account}:log-group:${group}`
  authorize(caller, { action: "logs:GetLogEvents", resource: `${groupArn}:log-stream:${stream}` })
  if (unmask) authorize(caller, { action: "logs:Unmask", resource: groupArn })
}

function findStream({ state }: Call, caller: Caller, group: string, stream: string): BuildRecord {
  const now = state.clock.now()
  const { account, region } = placeOf(caller)
  const inGroup = state.builds
    .all(now)
    .filter(({ place }) => place.account === account && place.region === region)
    .filter((record) => logStreamOf(record)?.group === group && hasLog(record, "group", now))
  if (inGroup.length === 0) throw notFound("The specified log group does not exist.")
  const found = inGroup.find(
    (record) => logStreamOf(record)?.stream === stream && hasLog(record, "stream", now),
  )
  if (found === undefined) throw notFound("The specified log stream does not exist.")
  return found
}

function readName(name: string, value: string | undefined, pattern: RegExp): string {
  if (value === undefined || !pattern.test(value)) throw invalid(name, `must match ${pattern.source}`)
  return value
}

function invalid(name: string, rule: string): Fault {
  return new Fault(
    "InvalidParameterException",
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member ${rule}`,
  )
}

function notFound(message: string): Fault {
  return new Fault("ResourceNotFoundException", message)
}
