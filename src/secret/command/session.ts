import type { Command } from "commander"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import { addAwsOptions, addJsonOption, addLogOptions, type CommonOptions } from "../../cli/options.ts"
import { addConfigOption, type ConfigOption, settingsNamed } from "../../cli/settings.ts"
import { makeSecretPorts } from "../../cli/wiring/secret.ts"
import type { EditorPorts } from "../run/ports.ts"
import { type ChosenSecret, targetBeside, targetOf } from "../run/target.ts"

/** What every command of `envseal secret` takes. */
export interface SecretOptions extends CommonOptions, ConfigOption {
  readonly secret?: string
}

/** What a command of `envseal secret` works with: one secret, in the right account. */
export interface SecretSession {
  readonly log: CommandLog
  readonly ports: EditorPorts
  readonly target: ChosenSecret
}

/** @param alone whether the environment is its only argument: then it is an option too. */
export function addSecretSubcommand(
  group: Command,
  name: string,
  { description, alone = false }: { readonly description: string; readonly alone?: boolean },
): Command {
  const command = group.command(name).description(description)
  if (alone) addEnvironmentArgument(command, "required")
  else command.argument("<environment>", "an environment of envseal.yaml")
  command.option("--secret <id>", "which secret, where the environment has several")
  return addJsonOption(addLogOptions(addAwsOptions(addConfigOption(command))))
}

/**
 * @param one what it is to be compared with, of another environment.
 * @throws EnvsealError `USAGE`, `CONFIG_MALFORMED` or `WRONG_ACCOUNT`, before anything of the secret is asked for.
 */
export async function startSecret(
  environment: string,
  options: SecretOptions,
  one: ChosenSecret | null = null,
): Promise<SecretSession> {
  const log = makeLog(options)
  const settings = await settingsNamed(environment, options)
  const ports = await makeSecretPorts(settings, log)
  const wanted = options.secret ?? null
  const target = one === null ? targetOf(settings, wanted, ports) : targetBeside(one, settings, wanted, ports)
  return { log, ports, target: await target }
}
