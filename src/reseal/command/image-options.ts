import type { EnvironmentSettings } from "../../config/settings.ts"
import { resealVariable } from "../../core/build.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { isDigest } from "../../image/descriptor.ts"
import type { Environment } from "../../ports/runtime.ts"

/** The image that runs. */
export interface RunningImage {
  /** Without tag and digest. */
  readonly repository: string
  readonly digest: string
}

/**
 * The image that a command line names, or else the settings with the variable that a deploy sets.
 *
 * @throws EnvsealError `USAGE` when there is none, or none with a whole digest.
 */
export function imageOf(
  given: string | undefined,
  settings: EnvironmentSettings | null,
  environment: Environment,
): RunningImage {
  if (given !== undefined) return parseImage(given)
  const digest = environment[resealVariable] ?? ""
  const repository = settings?.image?.repository
  if (digest === "" || repository === undefined) {
    const lacks = digest === "" ? `${resealVariable} is not set` : "envseal.yaml names no image.repository"
    throw usage(`there is no image to reseal: --image is not given, and ${lacks}`)
  }
  if (!isDigest(digest)) throw usage(`${resealVariable} is no whole digest: "${printable(digest)}"`)
  return { repository, digest }
}

function parseImage(text: string): RunningImage {
  const [, repository, digest] = /^([^@\s]+)@([^@\s]+)$/.exec(text) ?? []
  if (repository === undefined || digest === undefined || !isDigest(digest))
    throw usage(`--image: "${printable(text)}" is no image with a whole digest`)
  // What is sealed goes into another image: the tag of the one that runs says nothing.
  return { repository: repository.replace(/:[\w.-]+$/, ""), digest }
}

function usage(message: string): EnvsealError {
  return new EnvsealError("USAGE", message, {
    hint: "write --image REPOSITORY@sha256:…, with the digest that runs: envseal status has it",
  })
}

/**
 * The tag of the new image.
 *
 * @throws EnvsealError `USAGE` when there is none, or none that a registry takes.
 */
export function tagOf(given: string | undefined, environment: Environment): string {
  const id = environment["CODEBUILD_BUILD_ID"]?.split(":").at(-1)
  const tag = given ?? (id ? `build-${id}` : "")
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag
  const what = tag === "" ? "there is no tag for the new image" : `--tag: "${printable(tag)}" is no tag`
  throw new EnvsealError("USAGE", what, { hint: "write --tag build-42, of this build alone" })
}
