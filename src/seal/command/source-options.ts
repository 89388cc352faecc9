import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { AssembleRequest } from "../run/assemble.ts"
import { parseSource, type Source } from "../run/source.ts"

export interface SourceOptions {
  readonly from?: readonly string[]
  readonly require?: string
  readonly setEnv?: readonly string[]
  readonly nested: "refuse" | "json"
}

/**
 * What to assemble, by a command line and, where that says nothing, by the settings of an environment.
 *
 * @param purpose who asks, such as `envseal seal`.
 * @throws EnvsealError `USAGE` for what is no source, `CONFIG_MALFORMED` when the settings name no secret.
 */
export function sourcesOf(
  options: SourceOptions,
  settings: EnvironmentSettings | null,
  purpose: string,
): AssembleRequest {
  return {
    from: fromOf(options, settings, purpose),
    require:
      options.require === undefined ? (settings?.require ?? null) : { file: options.require, except: [] },
    setEnv: options.setEnv ?? settings?.setEnv ?? [],
    nested: options.nested,
  }
}

function fromOf({ from }: SourceOptions, settings: EnvironmentSettings | null, purpose: string): Source[] {
  if (from !== undefined || settings === null) {
    return (from ?? []).map((text) => parseSource(text, "--from"))
  }
  const { secrets, place } = demand(settings, ["secrets"], purpose)
  return secrets.map((text) => parseSource(`aws-sm:${text}`, place))
}

/** What CodeBuild says of the build that runs (CodeBuild user guide, "Environment variables in build environments"). */
export function buildOf(environment: Environment): { readonly buildId?: string; readonly commit?: string } {
  const buildId = environment["CODEBUILD_BUILD_ID"]
  const commit = environment["CODEBUILD_RESOLVED_SOURCE_VERSION"]
  return { ...(buildId ? { buildId } : {}), ...(commit ? { commit } : {}) }
}
