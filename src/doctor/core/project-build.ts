import type { EnvironmentSettings } from "../../config/settings.ts"
import { type BuildProject, carrierVariable } from "../../core/build.ts"
import { nameList, printable } from "../../core/text.ts"
import type { AtHand } from "./at-hand.ts"
import { judgeBuildspec } from "./buildspec.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { changePart } from "./project-change.ts"
import { advice } from "./remedy.ts"
import { secretsOf } from "./secret.ts"
import { refersTo } from "./secret-match.ts"

/** What CodeBuild takes when the project names none (CodeBuild user guide, "Buildspec file name and storage location"). */
const usualBuildspec = "buildspec.yml"

/** Where the buildspec is that a project builds: a path in the repository, its own text, or elsewhere. */
export function projectBuildspec({ buildspec }: Pick<BuildProject, "buildspec">) {
  if (buildspec === null) return { type: "file", path: usualBuildspec } as const
  if (buildspec.includes("\n") || /^\s*[{]|^\s*version\s*:/.test(buildspec))
    return { type: "text", text: buildspec } as const
  if (/^(?:arn:|s3:)/.test(buildspec)) return { type: "elsewhere", where: buildspec } as const
  return { type: "file", path: buildspec.replace(/^(?:\.?\/)+/, "") } as const
}

/** Whether the buildspec that the project builds is there and seals, and whether its variables hold the app's secret. */
export function judgeProjectBuild(
  settings: EnvironmentSettings,
  project: BuildProject,
  atHand: AtHand,
): readonly Finding[] {
  return [...judgeSpec(settings, project, atHand), ...judgeReferences(settings, project)]
}

function judgeSpec(settings: EnvironmentSettings, project: BuildProject, atHand: AtHand): readonly Finding[] {
  const subject = of("project.buildspec", project.name)
  const spec = projectBuildspec(project)
  if (spec.type === "elsewhere")
    return [unchecked(subject, `it is not in the repository: ${printable(spec.where)}`)]
  if (spec.type === "text")
    return [judgeText(settings, project, spec.text, "the project's own buildspec", atHand)]
  const [other, ...more] = atHand.others ?? []
  if (other !== undefined) {
    const text = `it is ${printable(spec.path)}, which is not in this repository; ${nameList([other, ...more])} is`
    return [no(subject, text, changePart(settings, project, "source", { buildspec: other }))]
  }
  if (atHand.buildspec === null || atHand.file === undefined) return []
  return [judgeText(settings, project, atHand.buildspec, atHand.file, atHand)]
}

function judgeText(
  settings: EnvironmentSettings,
  project: BuildProject,
  text: string,
  file: string,
  { scripts }: AtHand,
): Finding {
  const subject = of("project.buildspec", project.name)
  const judged = judgeBuildspec(text, file, {
    builds: true,
    environments: [settings.name],
    // Of the carrier there is a link of its own.
    given: [carrierVariable],
    secrets: secretsOf(settings).map(({ id }) => id),
    variables: settings.image === null ? [] : [settings.image.variable],
    scripts: scripts ?? new Map(),
  })
  return { ...judged, ...subject }
}

function judgeReferences(
  settings: EnvironmentSettings,
  { name, references = [] }: BuildProject,
): readonly Finding[] {
  const secrets = secretsOf(settings)
  const subject = of("project.variables", name)
  const found = references.filter(({ value }) => secrets.some(({ id }) => refersTo(value, id)))
  if (found.length === 0) return references.length === 0 ? [] : [ok(subject, "none holds the app's secret")]
  const names = nameList(found.map((one) => one.name))
  return [
    no(
      subject,
      `every command of a build sees the app's secret in ${names}`,
      advice(
        `remove ${names} from the variables of the project ${name}: envseal seal reads the secret itself`,
      ),
    ),
  ]
}
