import { knownArn } from "./arn.ts"
import type { Caller } from "./caller.ts"
import type { EncryptionContext } from "./ciphertext.ts"
import { denial, principalContext } from "./denial.ts"
import { Fault } from "./fault.ts"
import { idOf } from "./key-id.ts"
import { type Access, decideForKey, decideForResource } from "./policy.ts"
import type { Key } from "./world.ts"

/** A use of a key that has to be allowed. */
export interface KeyUse {
  /** Such as `Decrypt`. */
  readonly operation: string
  readonly key: Key
  readonly alias: string | null
  readonly context: EncryptionContext
  /** Such as `secretsmanager.eu-west-1.amazonaws.com`, when a service asks in the caller's name. */
  readonly viaService: string | null
  /** How the request names the key: by a KeyId, or only by what is encrypted under it. */
  readonly namedBy: NamedBy
}

export type NamedBy = "key id" | "ciphertext"

const ofCiphertext = "on the resource associated with this ciphertext"

/** @throws AccessDeniedException unless key policy and identity policies allow the use. */
export function authorizeKey(caller: Caller, use: KeyUse): void {
  const access = accessTo(caller, use)
  const decision = decideForKey(caller.policies, use.key.policy, access)
  if (decision === "allowed") return
  if (decision.endsWith("resource") && access.account !== caller.principal.account) {
    throw hidden(caller, use.operation, use.namedBy)
  }
  throw denial(
    decision,
    access,
    use.namedBy === "ciphertext" ? ofCiphertext : `on resource: ${access.resource}`,
  )
}

/** What KMS says where it does not say whether there is a key. */
export function hidden(caller: Caller, operation: string, namedBy: NamedBy): Fault {
  const where = namedBy === "ciphertext" ? ofCiphertext : "on this resource"
  return new Fault(
    "AccessDeniedException",
    `User: ${caller.principal.session} is not authorized to perform: kms:${operation} ${where} because the ` +
      "resource does not exist in this Region, no resource-based policies allow access, or a resource-based " +
      "policy explicitly denies access",
  )
}

/**
 * For an ARN without a key.
 *
 * @throws NotFoundException for who may ask, otherwise AccessDeniedException.
 */
export function refuseMissingKey(caller: Caller, operation: string, arn: string): never {
  if (knownArn(arn).account !== caller.principal.account) throw hidden(caller, operation, "key id")
  const access: Access = {
    principal: caller.principal,
    action: `kms:${operation}`,
    resource: arn,
    account: caller.principal.account,
    context: principalContext(caller),
  }
  const decision = decideForResource(caller.policies, undefined, access)
  if (decision !== "allowed") throw denial(decision, access, `on resource: ${arn}`)
  throw new Fault("NotFoundException", `Key '${arn}' does not exist`)
}

function accessTo(caller: Caller, { operation, key, alias, context, viaService }: KeyUse): Access {
  const arn = knownArn(key.arn)
  const values = new Map<string, string | readonly string[]>([
    ...principalContext(caller),
    ["kms:calleraccount", caller.principal.account],
    ["kms:keyspec", "SYMMETRIC_DEFAULT"],
    ["kms:keyusage", key.usage ?? "ENCRYPT_DECRYPT"],
    ["kms:multiregion", String(idOf(key).startsWith("mrk-"))],
    ["kms:resourcealiases", key.aliases ?? []],
    ["kms:encryptioncontextkeys", Object.keys(context)],
  ])
  for (const [name, value] of Object.entries(context)) {
    values.set(`kms:encryptioncontext:${name.toLowerCase()}`, value)
  }
  if (alias !== null) values.set("kms:requestalias", alias)
  if (viaService !== null) values.set("kms:viaservice", viaService)
  const action = `kms:${operation}`
  return { principal: caller.principal, action, resource: key.arn, account: arn.account, context: values }
}
