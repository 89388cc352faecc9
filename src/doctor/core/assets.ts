import type { EnvironmentSettings } from "../../config/settings.ts"
import { nameList } from "../../core/text.ts"
import { publicValue } from "../../dotenv/public-name.ts"
import { sortNames } from "../../dotenv/requirement.ts"
import { dockerBuildOf } from "./buildspec.ts"
import { readExampleText } from "./example.ts"
import { type Finding, of, ok, unchecked } from "./finding.ts"
import { advice, type Remedy, setTo } from "./remedy.ts"

/** What of the repository says where the asset build has its names from. */
export interface AssetFacts {
  /** Texts of the example files that are there, by path. */
  readonly examples: ReadonlyMap<string, string>
  readonly buildspec: { readonly path: string; readonly text: string | null }
  readonly image: { readonly dockerfile: string | null }
}

/**
 * Whether the names of the asset build have a value and come into the image's build. None of them is needed at run time,
 * and a build without them is green: so this is told, and never a no.
 *
 * @returns nothing where the example has no such name, or another CI builds.
 */
export function judgeAssets(settings: EnvironmentSettings, facts: AssetFacts): readonly Finding[] {
  const { require, build } = settings
  const text = require === null ? undefined : facts.examples.get(require.file)
  if (require === null || build === null || text === undefined) return []
  const example = readExampleText(text, require.file)
  // That it cannot be read is told of the example file.
  if (typeof example === "string") return []
  const { ofBuild } = sortNames([...example.keys()], require.except)
  if (ofBuild.length === 0) return []
  const subject = of("assets")
  const { buildspec, image } = facts
  const unset = ofBuild.filter(
    (name) => build.variables[name] === undefined && !mentions(buildspec.text, `^\\s*["']?${name}["']?\\s*:`),
  )
  const dropped = ofBuild.filter(
    (name) => image.dockerfile !== null && !mentions(image.dockerfile, `^\\s*(?:ARG|ENV)\\b.*\\b${name}\\b`),
  )
  const kept =
    dockerBuildOf(buildspec.text) === null
      ? []
      : ofBuild.filter((name) => isArgument(image.dockerfile, name) && !isGiven(buildspec.text, name))
  if (unset.length + dropped.length + kept.length === 0) return [ok(subject, nameList(ofBuild))]
  const lacks = [
    ...(unset.length === 0
      ? []
      : [`build.variables has no ${nameList(unset)}, and the CodeBuild project is not looked at for it`]),
    ...(dropped.length === 0
      ? []
      : [`the Dockerfile takes no ${nameList(dropped)}: it may not build assets`]),
    ...(kept.length === 0 ? [] : [`${buildspec.path} gives Docker no ${nameList(kept)}`]),
  ]
  const remedies: readonly Remedy[] = [
    ...unset.map((name) => setTo(settings, `build.variables.${name}`, publicValue(name, example))),
    ...dropped.map((name) =>
      advice(
        `where the Dockerfile builds assets, write ARG ${name} before it, and --build-arg ${name} into ${buildspec.path}; where nothing builds them, except ${name} from require`,
      ),
    ),
    ...kept.map((name) =>
      advice(`write --build-arg ${name} into ${buildspec.path}, where it builds the image`),
    ),
  ]
  return [unchecked(subject, lacks.join("; "), ...remedies)]
}

/** Whether a Dockerfile has the value from its build alone. */
function isArgument(dockerfile: string | null, name: string): boolean {
  return (
    mentions(dockerfile, `^\\s*ARG\\b.*\\b${name}(?:\\s|$)`) &&
    !mentions(dockerfile, `^\\s*ARG\\b.*\\b${name}=`)
  )
}

function isGiven(buildspec: string | null, name: string): boolean {
  return mentions(buildspec, `--build-arg\\b.*\\b${name}\\b`)
}

function mentions(text: string | null, pattern: string): boolean {
  return text !== null && new RegExp(pattern, "m").test(text)
}
