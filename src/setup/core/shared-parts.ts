import { EnvsealError } from "../../core/error.ts"
import { isSameKey } from "../../envelope/kms-key.ts"

/** The roles and keys of an environment that must not be one. */
export interface SeparateParts {
  readonly kmsKeys: readonly string[]
  readonly secretKeys: readonly string[]
  readonly buildRole: string | null
  readonly podRole: string | null
}

/**
 * With one role for both, the build could open what it seals. With one key for both, the build has `kms:Decrypt` on the
 * key of the envelopes.
 *
 * @throws EnvsealError `USAGE` for a role or a key that has two parts to play.
 */
export function refuseSharedParts({ kmsKeys, secretKeys, buildRole, podRole }: SeparateParts): void {
  if (buildRole !== null && buildRole === podRole) {
    throw new EnvsealError("USAGE", `${buildRole} is the role of both the build and the pods`, {
      hint: "make a role for each: the build must not open, and the pods must read no secret",
    })
  }
  const shared = secretKeys.find((one) => kmsKeys.some((other) => isSameKey(one, other)))
  if (shared === undefined) return
  throw new EnvsealError("USAGE", `${shared} is the key of the secret and of the envelopes`, {
    hint: "keep the secret under another key: --secret-key, or secretKeys in envseal.yaml",
  })
}
