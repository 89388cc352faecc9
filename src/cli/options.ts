import type { Command } from "commander"
import { maxDurationMs } from "../core/duration.ts"
import { awsRegion } from "../core/region.ts"
import type { LogOptions } from "./log.ts"
import { addOptions, InvalidValue, type OptionSpec } from "./option-spec.ts"

/** What every command takes. */
export interface CommonOptions extends LogOptions {
  readonly json?: boolean
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** Over the options that every command has. */
export const commonHeading = "Common options:"
const common = { group: commonHeading } as const
const ofAws = { group: "AWS:" } as const

export const colourOption: OptionSpec = {
  flags: "--no-color",
  description: "no colours (NO_COLOR; FORCE_COLOR for colours in a pipe)",
  ...common,
}

const logFlags = { initial: false, ...common } as const

export const logOptions: readonly OptionSpec[] = [
  { flags: "-q, --quiet", description: "say nothing but errors", ...logFlags },
  { flags: "--debug", description: "tell each step on standard error; never a value", ...logFlags },
  colourOption,
]

export function addLogOptions(command: Command): Command {
  return addOptions(command, logOptions)
}

export function addJsonOption(command: Command): Command {
  const description = "report as JSON on standard output, errors as JSON on standard error"
  return addOptions(command, [{ flags: "--json", description, ...common }])
}

/** How `seal`, `check`, `diff` and `scan` treat objects and arrays. */
export function addNestedOption(command: Command): Command {
  return command.addOption(
    command
      .createOption(
        "--nested <how>",
        "objects and arrays in the secret: refuse them, or keep them as JSON text",
      )
      .choices(["refuse", "json"])
      .default("refuse"),
  )
}

/** What `seal` and `check` read and require. */
export function addSourceOptions(command: Command): Command {
  return addSecretOptions(command).option(
    "--require <file>",
    "every name in this example file must be in the secret",
  )
}

/** The secret as `seal`, `check` and `scan` read it. */
export function addSecretOptions(command: Command): Command {
  return addNestedOption(
    command
      .option(
        "-f, --from <source>",
        "aws-sm:NAME, env:NAME, file:PATH, dotenv:PATH or - ; repeatable",
        collect,
      )
      .option("--set-env <name>", "copy a variable of the build that is not secret; repeatable", collect),
  )
}

/** How a command line says where AWS is asked, and with whose credentials. */
export interface AwsOptions {
  readonly profile?: string
  readonly region?: string
}

const profileOption: OptionSpec = {
  flags: "--profile <name>",
  description: "the AWS profile, before all other credentials",
  ...ofAws,
}

const awsOptions: readonly OptionSpec[] = [
  profileOption,
  { flags: "--region <region>", description: "the AWS Region to ask in", read: parseRegion, ...ofAws },
]

/** For a command whose `--region` is another thing. */
export function addProfileOption(command: Command): Command {
  return addOptions(command, [profileOption])
}

/** For the commands that may ask AWS. */
export function addAwsOptions(command: Command): Command {
  return addOptions(command, awsOptions)
}

/** What the commands take that may ask AWS, and have a limit for all of it. */
export function remoteOptions(timeoutMs: number): OptionSpec[] {
  const timeout = { read: parseDuration, initial: timeoutMs, shown: `${timeoutMs / 1_000}s`, ...ofAws }
  return [
    ...awsOptions,
    { flags: "--timeout <duration>", description: "give up after this long", ...timeout },
    {
      flags: "--allow-instance-role",
      description: "let AWS calls use the role of the machine below",
      initial: false,
      ...ofAws,
    },
  ]
}

export function addRemoteOptions(command: Command, timeoutMs: number): Command {
  return addOptions(command, remoteOptions(timeoutMs))
}

export function addRecipientOptions(command: Command): Command {
  return command
    .option("-r, --recipient <recipient>", "who can open it: aws-kms:ARN or age1… ; repeatable", collect)
    .option("-R, --recipients-file <file>", "recipients, one a line; repeatable", collect)
    .option("--binary", "write binary age instead of ASCII armor", false)
}

/** `20s`, `500ms` or `2m` as milliseconds, up to 48 hours. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  const milliseconds = Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ""] ?? Number.NaN)
  if (milliseconds > 0 && milliseconds <= maxDurationMs) return milliseconds
  throw new InvalidValue("write a duration of at most 48 hours as 20s, 500ms or 2m.")
}

/** Such as `eu-west-1`. */
export function parseRegion(text: string): string {
  if (awsRegion.test(text)) return text
  throw new InvalidValue("write an AWS Region, such as eu-west-1.")
}

/** A number of characters from 4 to 1000: base64 of fewer says nothing. */
export function parseLength(text: string): number {
  const length = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (length >= 4 && length <= 1_000) return length
  throw new InvalidValue("write a number from 4 to 1000.")
}

/** Permission bits in octal. */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text) && (Number.parseInt(text, 8) & 0o400) !== 0) return Number.parseInt(text, 8)
  throw new InvalidValue("write a mode in octal that lets the owner read, such as 0400 or 0440.")
}
