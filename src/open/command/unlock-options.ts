import type { Command } from "commander"
import { pinsOf } from "../../cli/key-pins.ts"
import { addOptions, type OptionSpec } from "../../cli/option-spec.ts"
import { collect } from "../../cli/options.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { parseContext } from "../../envelope/context.ts"
import type { Environment } from "../../ports/runtime.ts"

/** Options of the commands that open an envelope. */
export interface UnlockOptions {
  readonly expect?: readonly string[]
  readonly identity?: readonly string[]
  readonly kmsKey?: readonly string[]
}

export const unlockOptions: readonly OptionSpec[] = [
  {
    flags: "--expect <pairs>",
    description: "what the envelope must be for: app=shop,environment=production ; repeatable",
    read: collect,
  },
  {
    flags: "-i, --identity <file>",
    description: "open with an identity in this file; repeatable",
    read: collect,
  },
  { flags: "--kms-key <arn>", description: "open with this KMS key alone; repeatable", read: collect },
]

export function addUnlockOptions(command: Command): Command {
  return addOptions(command, unlockOptions)
}

/** What a command line and its environment say about opening. */
export interface Unlock {
  readonly expect: Readonly<Record<string, string>> | null
  readonly identities: readonly string[]
  readonly kmsKeys: readonly string[] | null
}

/**
 * The command line's word comes first, then that of the environment's variables, then that of the settings.
 *
 * @throws EnvsealError `USAGE` for a malformed expectation or pin.
 */
export function unlockOf(
  options: UnlockOptions,
  environment: Environment,
  settings: EnvironmentSettings | null = null,
): Unlock {
  const pins = settings === null || settings.kmsKeys.length === 0 ? null : settings.kmsKeys
  return {
    expect: expectationOf(options.expect, "--expect", environment) ?? settings?.context ?? null,
    identities: options.identity ?? [],
    kmsKeys: pinsOf(options.kmsKey, environment) ?? pins,
  }
}

/** Whether {@link unlockOf} would take anything from settings. */
export function needsSettings(options: UnlockOptions, environment: Environment): boolean {
  const isExpected = options.expect !== undefined || environment["ENVSEAL_EXPECT"] !== undefined
  const isPinned = options.kmsKey !== undefined || environment["ENVSEAL_KMS_KEY"] !== undefined
  return !isExpected || !isPinned
}

/** @returns `null` when neither the option nor `ENVSEAL_EXPECT` says anything. */
export function expectationOf(
  texts: readonly string[] | undefined,
  flag: string,
  environment: Environment,
): Readonly<Record<string, string>> | null {
  if (texts !== undefined) return parseContext(texts, flag)
  const fromEnvironment = environment["ENVSEAL_EXPECT"]
  return fromEnvironment === undefined ? null : parseContext([fromEnvironment], "ENVSEAL_EXPECT")
}
