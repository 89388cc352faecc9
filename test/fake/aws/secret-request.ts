import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { checkLength } from "./members.ts"
import { authorizeSecret, type SecretUse } from "./secret-access.ts"
import { type RegionalSecret, resolveSecretId } from "./secret-id.ts"
import type { Secret } from "./world.ts"

/** The secret of a SecretId. @throws Fault when the caller may not use it so, or there is none. */
export function authorizedSecret(
  { state, record }: Call,
  caller: Caller,
  secretId: string | undefined,
  use: Omit<SecretUse, "secretId">,
): RegionalSecret {
  if (secretId !== undefined) record.secretId = secretId
  checkLength("secretId", secretId, 1, 2048)
  const id = secretId ?? ""
  const reference = resolveSecretId(state.world, id, caller.region, caller.principal.account)
  authorizeSecret(caller, reference, { ...use, secretId: id })
  if (reference.found !== null) return reference.found
  throw new Fault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

/** @throws InvalidRequestException */
export function refuseDeleted(secret: Secret): void {
  if (secret.deletedAt === undefined) return
  throw new Fault(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  )
}
