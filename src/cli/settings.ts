import type { Command } from "commander"
import { nodeFiles } from "../adapters/node/files.ts"
import type { Config } from "../config/load.ts"
import type { EnvironmentSettings } from "../config/settings.ts"
import { findSettingsFile, settingsMissing } from "../config/settings-file.ts"
import { EnvsealError } from "../core/error.ts"
import { addOptions, type OptionSpec } from "./option-spec.ts"
import type { AwsOptions } from "./options.ts"

/** The options of every command that reads `envseal.yaml`; those of AWS where it may be asked. */
export interface ConfigOption extends AwsOptions {
  readonly config?: string
}

/** Options of the commands that may read `envseal.yaml`, and name the environment by an option. */
export interface SettingsOptions extends ConfigOption {
  readonly environment?: string
}

const configOption: OptionSpec = {
  flags: "--config <file>",
  description: "the settings file, instead of the envseal.yaml that is found",
}

export const settingsOptions: readonly OptionSpec[] = [
  {
    flags: "-e, --environment <name>",
    description: "take what is not given here from this environment of envseal.yaml",
  },
  configOption,
]

export function addConfigOption(command: Command): Command {
  return addOptions(command, [configOption])
}

export function addSettingsOptions(command: Command): Command {
  return addOptions(command, settingsOptions)
}

export interface SettingsRules {
  /** Whether folders above the working directory are looked into, as people expect and containers do not. */
  readonly parents: boolean
  /** Whether `--environment` has a meaning without a settings file too. */
  readonly fileOptional?: boolean
}

/**
 * The settings of the environment that the command line or `ENVSEAL_ENVIRONMENT` names.
 *
 * @returns `null` when none is named, and when just the variable names one and there is no settings file.
 * @throws EnvsealError `USAGE`, `CONFIG_MISSING`, or what `loadConfig` throws.
 */
export async function settingsOf(
  options: SettingsOptions,
  { parents, fileOptional = false }: SettingsRules,
): Promise<EnvironmentSettings | null> {
  const environment = options.environment ?? variable("ENVSEAL_ENVIRONMENT")
  if (environment === null) {
    if (options.config === undefined) return null
    throw new EnvsealError("USAGE", "--config is given without an environment", {
      hint: "name one of its environments with --environment NAME (ENVSEAL_ENVIRONMENT)",
    })
  }
  const path = await chosenFile(options, parents)
  if (path === null) {
    if (options.environment === undefined || fileOptional) return null
    throw settingsMissing(null, parents)
  }
  return withAws(await settingsAt(path, environment, parents), options)
}

/**
 * The settings of the environment that a command has as its argument.
 *
 * @throws EnvsealError as {@link configOf} does, and `USAGE` when the file does not have it.
 */
export async function settingsNamed(
  environment: string,
  options: ConfigOption,
): Promise<EnvironmentSettings> {
  return withAws(await settingsAt(await settingsFile(options), environment, true), options)
}

/**
 * The whole settings file, for a command that has its environments as arguments.
 *
 * @throws EnvsealError `CONFIG_MISSING`, or what `loadConfig` throws.
 */
export async function configOf(options: ConfigOption): Promise<Config> {
  const path = await settingsFile(options)
  const { loadConfig } = await import("../config/read-settings.ts")
  const config = await loadConfig(nodeFiles, { path, parents: true })
  const environments = [...config.environments].map(([name, one]) => [name, withAws(one, options)] as const)
  return { ...config, environments: new Map(environments) }
}

/** The command line's word on AWS goes before that of the settings. */
function withAws(settings: EnvironmentSettings, { region, profile }: AwsOptions): EnvironmentSettings {
  return {
    ...settings,
    region: region ?? settings.region,
    ...(profile === undefined ? {} : { givenProfile: profile }),
  }
}

/**
 * Path of the settings file, for a command that cannot do without.
 *
 * @throws EnvsealError `CONFIG_MISSING`.
 */
export async function settingsFile(options: ConfigOption): Promise<string> {
  const path = await chosenFile(options, true)
  if (path === null) throw settingsMissing(null, true)
  return path
}

/** The one rule of which file: that of the option, or else of the variable, or else the one that is found. */
async function chosenFile({ config }: ConfigOption, parents: boolean): Promise<string | null> {
  return config ?? variable("ENVSEAL_CONFIG") ?? findSettingsFile(nodeFiles, parents)
}

async function settingsAt(path: string, environment: string, parents: boolean): Promise<EnvironmentSettings> {
  // Only now: reading YAML takes longer than all of `open`.
  const { loadSettings } = await import("../config/read-settings.ts")
  return loadSettings(nodeFiles, { path, parents, environment })
}

/** An empty variable is none: so a build's file can leave it open. */
function variable(name: "ENVSEAL_CONFIG" | "ENVSEAL_ENVIRONMENT"): string | null {
  return process.env[name] || null
}
