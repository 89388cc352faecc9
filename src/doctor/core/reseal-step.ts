import { placeText } from "../../config/fault.ts"
import { resealVariable } from "../../core/build.ts"
import { type BuildOrder, buildOrder } from "./build-order.ts"
import type { BuildCommand } from "./buildspec-commands.ts"
import { advice, type Remedy } from "./remedy.ts"

/** Why a buildspec is of no use for `envseal deploy --reseal`. It builds as well as before. */
export interface ResealLack {
  readonly text: string
  readonly remedy: Remedy
}

/** Where what is to be added stands. */
const guide = "docs/reseal.md, In the buildspec"

/**
 * What may keep a command from running. `&&` is none: where it stops, the build fails. A bracket is that of a test.
 */
const condition = /\b(?:if|case|while|until|exit|return|test)\b|\|\||\[/

/**
 * Whether a build that is told to reseal does so, and builds no image then. Only what is certain counts.
 *
 * @param scripts texts of the repository's scripts, by path.
 * @returns `null` when nothing is known against it.
 */
export function resealLack(
  commands: readonly BuildCommand[],
  { reseals, unknown }: Pick<BuildOrder, "reseals" | "unknown">,
  scripts: ReadonlyMap<string, string>,
  file: string,
): ResealLack | null {
  if (unknown !== null) return null
  if (reseals.length === 0) {
    return {
      text: "no command runs envseal reseal",
      remedy: advice(
        `put envseal reseal beside envseal seal, for when ${resealVariable} is set: ${guide}; in a file of envseal init: envseal init --update`,
      ),
    }
  }
  const texts = [...commands.flatMap(({ text }) => text ?? []), ...scripts.values()]
  if (!texts.some((text) => text.includes(resealVariable))) {
    return {
      text: `no command asks whether ${resealVariable} is set`,
      remedy: advice(
        `run envseal reseal only when ${resealVariable} is set, and envseal seal otherwise: ${guide}`,
      ),
    }
  }
  const builds = commands.find(alwaysBuilds)
  if (builds === undefined) return null
  const where = placeText(file, builds.place)
  return {
    text: `the image is built or pushed all the same at ${where}`,
    remedy: advice(`end the command at ${where} when ${resealVariable} is set: ${guide}`),
  }
}

/** Whether nothing in a command itself can keep it from building or pushing an image. */
function alwaysBuilds(command: BuildCommand): boolean {
  const text = (command.text ?? "").replace(/(^|\s)#.*$/gm, "$1")
  if (text.includes(resealVariable) || condition.test(text)) return false
  return buildOrder([command], new Map()).images.length > 0
}
