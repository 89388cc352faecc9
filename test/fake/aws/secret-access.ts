import { knownArn } from "./arn.ts"
import type { Caller } from "./caller.ts"
import { denial, principalContext } from "./denial.ts"
import type { State } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { authorizeKey } from "./key-access.ts"
import { decideForResource } from "./policy.ts"
import type { RegionalSecret, SecretReference } from "./secret-id.ts"
import { checkUsable } from "./usable-key.ts"

/** What of a request the conditions of a policy can ask for. A stage is there only when it was asked for. */
export interface SecretUse {
  /** Such as `GetSecretValue`. */
  readonly operation: string
  /** As the caller wrote it. */
  readonly secretId: string
  readonly versionId?: string | undefined
  readonly versionStage?: string | undefined
}

/** @throws AccessDeniedException, also for a secret that is not there, when no policy allows the use. */
export function authorizeSecret(caller: Caller, { found, arn }: SecretReference, use: SecretUse): void {
  const context = principalContext(caller).set("secretsmanager:secretid", arn)
  if (use.versionId !== undefined) context.set("secretsmanager:versionid", use.versionId)
  if (use.versionStage !== undefined) context.set("secretsmanager:versionstage", use.versionStage)
  const access = {
    principal: caller.principal,
    action: `secretsmanager:${use.operation}`,
    resource: arn,
    account: knownArn(arn).account,
    context,
  }
  const decision = decideForResource(caller.policies, found?.secret.policy, access)
  if (decision !== "allowed") throw denial(decision, access, `on resource: ${use.secretId}`)
}

/**
 * What Secrets Manager asks of KMS in the caller's name. Under `aws/secretsmanager` who may have the secret may
 * have it decrypted, in the account.
 *
 * @throws AccessDeniedException where the caller may not use the key, and `failure` where nobody can.
 */
export function authorizeSecretKey(
  { world }: State,
  caller: Caller,
  { arn, kmsKeyId }: RegionalSecret,
  { operations, versionId, failure }: KeyUses,
): void {
  const { account, region } = knownArn(arn)
  if (kmsKeyId === null) {
    if (account === caller.principal.account) return
    throw new Fault(
      "InvalidRequestException",
      "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS " +
        "service key.",
    )
  }
  const key = world.keys.find((one) => one.arn === kmsKeyId)
  const context = { SecretARN: arn, SecretVersionId: versionId }
  const viaService = `secretsmanager.${region}.amazonaws.com`
  for (const operation of operations) {
    try {
      if (key === undefined) throw new Fault("NotFoundException", "")
      authorizeKey(caller, { operation, key, alias: null, context, viaService, namedBy: "key id" })
    } catch {
      throw new Fault("AccessDeniedException", "Access to KMS is not allowed")
    }
    try {
      checkUsable(key, operation)
    } catch (error) {
      throw new Fault(failure, error instanceof Fault ? error.message : "")
    }
  }
}

/** How Secrets Manager uses a key. */
export interface KeyUses {
  readonly operations: readonly ("Decrypt" | "GenerateDataKey")[]
  readonly versionId: string
  readonly failure: "DecryptionFailure" | "EncryptionFailure"
}
