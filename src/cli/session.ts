import type { Ports } from "../ports/envelope-ports.ts"
import { Deadline } from "./deadline.ts"
import { type CommandLog, type LogOptions, makeLog } from "./log.ts"
import type { AwsOptions } from "./options.ts"
import type { AwsPlace } from "./wiring/aws.ts"
import { makePorts } from "./wiring/envelope.ts"

/** Options of the commands that may ask AWS. */
export interface RemoteOptions extends AwsOptions {
  readonly timeout?: number
  readonly allowInstanceRole?: boolean
}

/** What every command works with. */
export interface CommandSession {
  readonly log: CommandLog
  readonly ports: Ports
  readonly deadline: Deadline
}

/** For the commands that take no `--timeout`: they ask no remote. */
const noTimeoutMs = 60_000

/** @param place where AWS is asked and with which profile, by the settings of an environment. */
export async function startSession(
  options: LogOptions & RemoteOptions,
  place: AwsPlace | null = null,
): Promise<CommandSession> {
  const log = makeLog(options)
  const deadline = new Deadline(options.timeout ?? noTimeoutMs)
  const allowInstanceRole = options.allowInstanceRole ?? false
  const given = placeBy(options, place)
  return { log, deadline, ports: makePorts({ log, deadline, allowInstanceRole, place: given }) }
}

/** The command line's word goes first, in a command without an environment too. */
function placeBy({ profile, region }: AwsOptions, place: AwsPlace | null): AwsPlace | null {
  if (profile === undefined && region === undefined) return place
  return {
    region: region ?? place?.region ?? null,
    profile: place?.profile ?? null,
    ...(profile === undefined ? {} : { givenProfile: profile }),
  }
}
