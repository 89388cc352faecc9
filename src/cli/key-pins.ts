import { EnvsealError } from "../core/error.ts"
import { kmsKeyArn } from "../core/grammar.ts"
import { printable } from "../core/text.ts"
import type { Environment } from "../ports/runtime.ts"

/**
 * The pins of the option, or else of `ENVSEAL_KMS_KEY`. An alias is none: who may repoint it chooses the key.
 *
 * @returns `null` when neither says anything.
 * @throws EnvsealError `USAGE` for what is no ARN of a key.
 */
export function pinsOf(
  texts: readonly string[] | undefined,
  environment: Environment,
): readonly string[] | null {
  const flag = texts === undefined ? "ENVSEAL_KMS_KEY" : "--kms-key"
  const pins = texts ?? environment["ENVSEAL_KMS_KEY"]?.split(/[\s,]+/).filter((pin) => pin !== "")
  if (pins === undefined) return null
  const wrong = pins.find((pin) => !kmsKeyArn.test(pin))
  if (wrong === undefined && pins.length > 0) return pins
  throw new EnvsealError("USAGE", `${flag}: "${printable(wrong ?? "")}" is not the ARN of a KMS key`, {
    hint: "write arn:aws:kms:REGION:ACCOUNT:key/ID; envseal inspect shows it for an envelope",
  })
}
