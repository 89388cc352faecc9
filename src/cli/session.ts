import type { EnvironmentSettings } from "../config/settings.ts"
import type { Ports } from "../ports/envelope-ports.ts"
import type { Environment } from "../ports/runtime.ts"
import { Deadline } from "./deadline.ts"
import { type CommandLog, type LogOptions, makeLog } from "./log.ts"
import { makePorts } from "./wiring/envelope.ts"

/** Options of the commands that may ask AWS. */
export interface RemoteOptions {
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
  const awsEnvironment = place === null ? process.env : awsEnvironmentOf(process.env, place)
  return { log, deadline, ports: await makePorts({ log, deadline, allowInstanceRole, awsEnvironment }) }
}

export type AwsPlace = Pick<EnvironmentSettings, "region" | "profile">

/** What chooses credentials before a profile of the settings does. */
const choices = [
  "AWS_ACCESS_KEY_ID",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_PROFILE",
]

/**
 * The Region of the settings counts before the machine's, which is that of whatever runs there. Their profile is for
 * laptops: builds and pods stay with the roles that they were given.
 */
function awsEnvironmentOf(own: Environment, { region, profile }: AwsPlace): Environment {
  const isChosen = choices.some((name) => own[name])
  return {
    ...own,
    ...(region === null ? {} : { AWS_REGION: region }),
    ...(profile === null || isChosen ? {} : { AWS_PROFILE: profile }),
  }
}
