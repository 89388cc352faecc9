import type { Problem } from "../../core/error.ts"
import { nameList, printable } from "../../core/text.ts"
import type { Example } from "../../dotenv/advice.ts"
import { readExample } from "../../dotenv/example.ts"
import { type Requirement, type SortedNames, sortNames } from "../../dotenv/requirement.ts"
import type { Ports } from "../../ports/envelope-ports.ts"

/** An example file that was read, and what its names are to the secret. */
export interface RequiredNames extends Example {
  readonly sorted: SortedNames
}

const maxBytes = 1_048_576

/**
 * @returns `null` where nothing is required.
 * @throws EnvsealError `INPUT_UNREADABLE`, `INPUT_TOO_LARGE` or `DOTENV_MALFORMED`.
 */
export async function readRequired(
  requirement: Requirement | null,
  { files }: Pick<Ports, "files">,
): Promise<RequiredNames | null> {
  if (requirement === null) return null
  const path = printable(requirement.file)
  const values = readExample(await files.read(requirement.file, maxBytes), path)
  const sorted = sortNames([...values.keys()], requirement.except)
  return { path, values, wanted: new Set(sorted.wanted), sorted }
}

/**
 * A problem for each required name that is missing.
 *
 * @param there names that the secret has, or that come from elsewhere.
 * @param refused names that are told already.
 */
export function missingNames(
  { path, wanted }: RequiredNames,
  there: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): Problem[] {
  return [...wanted]
    .filter((name) => !there.has(name) && !refused.has(name))
    .map((name) => ({ code: "MISSING_NAME", name, reason: `is required by ${path} and is not there` }))
}

/** What deserves a look in what is required, one line for each kind. */
export function adviceOnRequired(
  { path, sorted }: RequiredNames,
  { environment, variable }: Pick<Ports, "environment" | "variable">,
): string[] {
  const { impossible, ofBuild, idle } = sorted
  // Elsewhere than in a build nobody expects its variables.
  const isBuild = environment["CODEBUILD_BUILD_ID"] !== undefined
  const unset = isBuild ? ofBuild.filter((name) => variable(name) === null) : []
  return [
    ...(impossible.length === 0
      ? []
      : [
          `not required of the secret, because no envelope may hold it: ${nameList(impossible, 10)} (${path})`,
        ]),
    ...(idle.length === 0
      ? []
      : [`excepted from what ${path} requires, and not in it: ${nameList(idle, 10)}`]),
    ...(unset.length === 0
      ? []
      : [`of the asset build, and no variable of this one: ${nameList(unset, 10)} (${path})`]),
  ]
}
