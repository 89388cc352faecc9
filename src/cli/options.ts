import { type Command, InvalidArgumentError, Option } from "commander"
import type { TalkOptions } from "./talk.ts"

/** What every command takes. */
export interface CommonOptions extends TalkOptions {
  readonly json?: boolean
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

export function addTalkOptions(command: Command): Command {
  return command
    .option("-q, --quiet", "say nothing but errors", false)
    .option("--debug", "tell each step on standard error; never a value", false)
}

export function addJsonOption(command: Command): Command {
  return command.option("--json", "report as JSON on standard output, errors as JSON on standard error")
}

/** How `seal`, `check` and `diff` treat objects and arrays. */
export function addNestedOption(command: Command): Command {
  return command.addOption(
    new Option("--nested <how>", "objects and arrays in the secret: refuse them, or keep them as JSON text")
      .choices(["refuse", "json"])
      .default("refuse"),
  )
}

/** What `seal` and `check` read and require. */
export function addSourceOptions(command: Command): Command {
  return addNestedOption(
    command
      .option("-f, --from <source>", "aws-sm:NAME, env:NAME, file:PATH or - ; repeatable", collect)
      .option("--require <file>", "every name in this example file must be in the secret")
      .option("--set-env <name>", "copy a variable of the build that is not secret; repeatable", collect),
  )
}

/** What the commands take that may ask AWS. */
export function addRemoteOptions(command: Command, timeoutMs: number): Command {
  return command
    .addOption(
      new Option("--timeout <duration>", "give up after this long")
        .argParser(parseDuration)
        .default(timeoutMs, `${timeoutMs / 1_000}s`),
    )
    .option("--allow-instance-role", "let AWS calls use the role of the machine below", false)
}

export function addRecipientOptions(command: Command): Command {
  return command
    .option("-r, --recipient <recipient>", "who can open it: aws-kms:ARN or age1… ; repeatable", collect)
    .option("-R, --recipients-file <file>", "recipients, one a line; repeatable", collect)
    .option("--binary", "write binary age instead of ASCII armor", false)
}

/** `20s`, `500ms` or `2m` as milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? []
  const milliseconds = Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit ?? ""] ?? Number.NaN)
  if (milliseconds > 0) return milliseconds
  throw new InvalidArgumentError("write a duration as 20s, 500ms or 2m.")
}

/** Permission bits in octal. */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text) && (Number.parseInt(text, 8) & 0o400) !== 0) return Number.parseInt(text, 8)
  throw new InvalidArgumentError("write a mode in octal that lets the owner read, such as 0400 or 0440.")
}
