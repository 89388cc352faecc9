import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  type OutputLogEvent,
} from "@aws-sdk/client-cloudwatch-logs"
import type { LogLine, LogPage, LogTail } from "../../ports/builder.ts"
import { nullFor } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** CloudWatch Logs: one `GetLogEvents` for each page. */
export class AwsLogTail implements LogTail {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async read(group: string, stream: string, cursor: string | null): Promise<LogPage | null> {
    const call: Call = { service: "CloudWatch Logs", action: "logs:GetLogEvents", resource: group }
    const command = new GetLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      // The API demands it with a token that goes forward, and starts at the end without it.
      startFromHead: true,
      ...(cursor === null ? {} : { nextToken: cursor }),
    })
    const answer = await this.#session.once({
      call,
      region: null,
      client: (settings) => new CloudWatchLogsClient(settings),
      send: (client) => client.send(command).catch(nullFor("ResourceNotFoundException")),
    })
    if (answer === null) return null
    if (answer.nextForwardToken === undefined) throw incomplete(call)
    return { lines: (answer.events ?? []).flatMap(linesOf), cursor: answer.nextForwardToken }
  }
}

/** CodeBuild writes one event for a line, with its end, and now and then one for several. */
function linesOf({ timestamp, message }: OutputLogEvent): LogLine[] {
  const lines = (message ?? "").replace(/\r?\n$/, "").split(/\r?\n/)
  return lines.map((text) => ({ atMs: timestamp ?? 0, text }))
}
