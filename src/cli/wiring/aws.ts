import type { Credentials } from "../../adapters/aws/credentials.ts"
import type { AwsSettings } from "../../adapters/aws/settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { CurrentActivity } from "../activity.ts"
import type { CommandLog } from "../log.ts"

/** Where an environment's commands ask AWS, and by which profile where nothing else gives credentials. */
export type AwsPlace = Pick<EnvironmentSettings, "region" | "profile" | "givenProfile">

/** What the calls to AWS go by, and the credentials that they share. */
export interface AwsAccess {
  readonly settings: AwsSettings
  readonly credentials: Credentials
}

/** How calls are made, whatever the environment. */
export type CallRules = Pick<AwsSettings, "activity" | "remainingMs" | "allowInstanceRole" | "clock"> & {
  readonly log: Pick<CommandLog, "warn" | "debug">
}

/**
 * The one rule of where AWS is asked: the Region of the settings counts before that of the machine, which is the one
 * of whatever runs there. Whose credentials count is the rule of `chooseMechanism`.
 *
 * @param place `null` for a command without an environment: all is as the machine has it.
 */
export function awsSettings(place: AwsPlace | null, rules: CallRules): AwsSettings {
  return {
    environment: process.env,
    profile: place?.profile ?? null,
    givenProfile: place?.givenProfile ?? null,
    region: place?.region ?? null,
    ...rules,
  }
}

/** For `open`: a pod asks in its own Region, where a multi-Region key has its replica. */
export function podPlace(place: AwsPlace): AwsPlace {
  return { ...place, region: null }
}

/** How long one call of a deployer may be repeated. What is polled is asked for once at a time. */
const callLimitMs = 30_000

/** AWS for a deployer's commands, which have no time limit for the whole: each call has one. */
export function deployerAws(place: AwsPlace, log: CommandLog): Promise<AwsAccess> {
  const remainingMs = () => callLimitMs
  return awsAccess(place, { log, activity: new CurrentActivity(), remainingMs, allowInstanceRole: false })
}

/** AWS for the commands of an environment. */
export async function awsAccess(place: AwsPlace, rules: CallRules): Promise<AwsAccess> {
  const { Credentials } = await import("../../adapters/aws/credentials.ts")
  const settings = awsSettings(place, rules)
  return { settings, credentials: new Credentials(settings) }
}
