import { EnvsealError } from "../core/error.ts"
import { decodeUtf8, printable } from "../core/text.ts"
import type { Files } from "../ports/files.ts"
import { type Config, environmentOf, parseConfig } from "./load.ts"
import type { EnvironmentSettings } from "./settings.ts"
import { findSettingsFile, settingsMissing } from "./settings-file.ts"

export interface ConfigRequest {
  /** The settings file; `null` to look for it. */
  readonly path: string | null
  /** Whether folders above the working directory are looked into. */
  readonly parents: boolean
}

export interface SettingsRequest extends ConfigRequest {
  /** Name of the environment. */
  readonly environment: string
}

const maxBytes = 1_048_576

/**
 * One environment of the settings file. The file of `require` becomes a path from the working directory.
 *
 * @throws EnvsealError `CONFIG_MISSING` without a file, `CONFIG_MALFORMED` with every mistake in it, `USAGE` when it
 *   has no such environment, `INPUT_UNREADABLE` or `INPUT_TOO_LARGE`.
 */
export async function loadSettings(files: Files, request: SettingsRequest): Promise<EnvironmentSettings> {
  return settingsIn(await loadConfig(files, request), request.environment)
}

/**
 * One environment of a settings file that was read. The file of `require` becomes a path from the working directory.
 *
 * @throws EnvsealError `USAGE` when the file does not have it.
 */
export function settingsIn(config: Config, environment: string): EnvironmentSettings {
  const settings = environmentOf(config, environment)
  const { require } = settings
  if (require === null) return settings
  return { ...settings, require: { ...require, file: fromFolderOf(config.file, require.file) } }
}

/**
 * The whole settings file. The file of `require` of its environments stays as it is written.
 *
 * @throws EnvsealError as {@link loadSettings}, but for `USAGE`.
 */
export async function loadConfig(files: Files, request: ConfigRequest): Promise<Config> {
  const path = request.path ?? (await findSettingsFile(files, request.parents))
  if (path === null || !(await files.exists(path))) throw settingsMissing(path, request.parents)
  const text = decodeUtf8(await files.read(path, maxBytes))
  if (text === null) {
    throw new EnvsealError("CONFIG_MALFORMED", `${printable(path)} is not UTF-8`, {
      hint: "save it as UTF-8",
    })
  }
  return parseConfig(text, path)
}

function fromFolderOf(path: string, inner: string): string {
  if (inner.startsWith("/")) return inner
  return `${path.slice(0, path.lastIndexOf("/") + 1)}${inner}`
}
