import { isGivenValue, isSecretName } from "../../../core/secret-name.ts"
import { expandWord, rawPairs } from "./expansion.ts"
import { type ImageStage, lineageOf } from "./image-stage.ts"

/** A secret that an instruction keeps in the image's configuration or history. */
export interface HeldValue {
  /** `ENV`, `ARG` or `LABEL`. */
  readonly instruction: string
  readonly name: string
  readonly line: number
}

/**
 * The variables, arguments and labels of a stage that hold a secret by their name. An argument without a default holds one
 * where the build gives it. A variable that nothing declares is empty: the build passes none of its own on.
 *
 * @param given names of the arguments that the build gives.
 */
export function heldValues(stage: ImageStage, given: readonly string[]): readonly HeldValue[] {
  return lineageOf(stage).flatMap(({ steps }) =>
    steps.flatMap(({ instruction: { name: instruction, rest, line }, lookup }) => {
      if (!["ENV", "ARG", "LABEL"].includes(instruction)) return []
      return rawPairs(rest)
        .filter(([name]) => isSecretName(name))
        .filter(([name, value]) =>
          value === null ? given.includes(name) : isGivenValue(expandWord(value, (one) => lookup(one) ?? "")),
        )
        .map(([name]) => ({ instruction, name, line }))
    }),
  )
}
