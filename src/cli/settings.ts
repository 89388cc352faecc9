import type { Command } from "commander"
import type { EnvironmentSettings } from "../config/settings.ts"
import { EnvsealError } from "../core/error.ts"
import type { Environment } from "../ports/runtime.ts"

/** Options of the commands that read `envseal.yaml`. */
export interface SettingsOptions {
  readonly environment?: string
  readonly config?: string
}

export function addSettingsOptions(command: Command): Command {
  return command
    .option("-e, --environment <name>", "take what is not given here from this environment of envseal.yaml")
    .option("--config <file>", "the settings file, instead of the envseal.yaml that is found")
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
 * @throws EnvsealError `USAGE`, `CONFIG_MISSING`, or what `loadSettings` throws.
 */
export async function settingsOf(
  options: SettingsOptions,
  { parents, fileOptional = false }: SettingsRules,
): Promise<EnvironmentSettings | null> {
  const environment = options.environment ?? variable(process.env, "ENVSEAL_ENVIRONMENT")
  const given = options.config ?? variable(process.env, "ENVSEAL_CONFIG")
  if (environment === null) {
    if (options.config === undefined) return null
    throw new EnvsealError("USAGE", "--config is given without an environment", {
      hint: "name one of its environments with --environment NAME (ENVSEAL_ENVIRONMENT)",
    })
  }
  const [{ nodeFiles }, { findSettingsFile, settingsMissing }] = await Promise.all([
    import("../adapters/node/files.ts"),
    import("../config/settings-file.ts"),
  ])
  const path = given ?? (await findSettingsFile(nodeFiles, parents))
  if (path === null) {
    if (options.environment === undefined || fileOptional) return null
    throw settingsMissing(null, parents)
  }
  // Only now: reading YAML takes longer than all of `open`.
  const { loadSettings } = await import("../config/read-settings.ts")
  return loadSettings(nodeFiles, { path, parents, environment })
}

function variable(environment: Environment, name: string): string | null {
  return environment[name] || null
}
