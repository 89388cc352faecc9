import { placeText } from "../../config/fault.ts"
import { nodeAt, type SettingNode } from "../../config/node.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { readYaml } from "../../config/yaml.ts"
import { type BuildProject, carrierVariable } from "../../core/build.ts"
import { isExampleImage } from "../../core/workload.ts"
import type { AtHand } from "./at-hand.ts"
import { type Finding, type LinkSubject, no, ok, unchecked } from "./finding.ts"
import { advice } from "./remedy.ts"

/** What is said of one that nobody has decided yet. */
export const undecidedCarrier = `${carrierVariable} has the digest of an example, and names no image`

/** What a buildspec says of the carrier, and where; `null` for nothing. */
export function carrierIn(root: SettingNode, file: string) {
  const node = nodeAt(root, ["env", "variables", carrierVariable])
  if (node?.kind !== "scalar") return null
  return { image: String(node.value), where: placeText(file, node.place) }
}

/**
 * Whether a build has an image that carries envseal: as a deploy gives it, or else the project, or else the buildspec.
 * That is the order in which CodeBuild takes a variable (CodeBuild user guide, "Environment variables in build
 * environments").
 *
 * @param atHand the buildspec that the project builds.
 */
export function judgeCarrier(
  { build }: EnvironmentSettings,
  project: Pick<BuildProject, "name" | "carrier" | "buildspec">,
  subject: LinkSubject,
  { buildspec, file = "buildspec.yaml" }: Pick<AtHand, "buildspec" | "file">,
): Finding {
  const { name, carrier } = project
  const given = build?.variables[carrierVariable]
  if (given !== undefined)
    return judgeImage(subject, given, `build.variables.${carrierVariable} of envseal.yaml`)
  if (carrier !== null && carrier.type !== "PLAINTEXT")
    return unchecked(subject, `the project takes it from ${carrier.type}`)
  if (carrier !== null) return judgeImage(subject, carrier.value, `${carrierVariable} of the project ${name}`)
  if (buildspec === null && project.buildspec !== null)
    return unchecked(subject, "the project has a buildspec that is not here")
  const root = buildspec === null ? null : readYaml(buildspec).root
  const own = root === null ? null : carrierIn(root, file)
  return own === null ? ok(subject, "not set") : judgeImage(subject, own.image, own.where)
}

function judgeImage(subject: LinkSubject, image: string, where: string): Finding {
  if (!isExampleImage(image)) return ok(subject, where)
  return no(subject, `${undecidedCarrier}, at ${where}`, pushCarrier(where))
}

function pushCarrier(where: string) {
  return advice(
    `push the image that carries envseal, as docs/install.md says, and put its digest at ${where}`,
  )
}
