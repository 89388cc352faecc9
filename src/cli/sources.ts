import type { AssembleRequest } from "../app/assemble.ts"
import { parseSource } from "../app/source.ts"
import type { Environment } from "../ports/environment.ts"

export interface SourceOptions {
  readonly from?: readonly string[]
  readonly require?: string
  readonly setEnv?: readonly string[]
  readonly nested: "refuse" | "json"
}

/** What to assemble, by a command line. */
export function sourcesOf(options: SourceOptions): AssembleRequest {
  return {
    from: (options.from ?? []).map((text) => parseSource(text, "--from")),
    require: options.require ?? null,
    setEnv: options.setEnv ?? [],
    nested: options.nested,
  }
}

/** What CodeBuild says of the build that runs (CodeBuild user guide, "Environment variables in build environments"). */
export function buildOf(environment: Environment): { readonly buildId?: string; readonly commit?: string } {
  const buildId = environment["CODEBUILD_BUILD_ID"]
  const commit = environment["CODEBUILD_RESOLVED_SOURCE_VERSION"]
  return { ...(buildId ? { buildId } : {}), ...(commit ? { commit } : {}) }
}
