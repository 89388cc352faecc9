import type { Caller } from "./caller.ts"
import { type EncryptionContext, keyIdOf } from "./ciphertext.ts"
import { Fault } from "./fault.ts"
import { authorizeKey, hidden, refuseMissingKey } from "./key-access.ts"
import { keyById, resolveKeyId } from "./key-id.ts"
import { checkLength } from "./members.ts"
import type { Key, World } from "./world.ts"

/** What a request wants of a key that it names. */
export interface KeyRequest {
  /** Such as `Encrypt`. */
  readonly operation: string
  readonly keyId: string | undefined
  readonly context: EncryptionContext
}

/** The key of a KeyId. @throws Fault when there is none, or the caller may not use it so. */
export function authorizedKey(world: World, caller: Caller, { operation, keyId, context }: KeyRequest): Key {
  checkLength("keyId", keyId, 1, 2048)
  const { key, arn, alias } = resolveKeyId(world, keyId ?? "", caller.region, caller.principal.account)
  if (key === null) return refuseMissingKey(caller, operation, arn)
  authorizeKey(caller, { operation, key, alias, context, viaService: null, namedBy: "key id" })
  return key
}

/** The key of a KeyId, which is enabled. Whether it is, is told only to who may use it. @throws Fault */
export function usableKey(world: World, caller: Caller, request: KeyRequest): Key {
  const key = authorizedKey(world, caller, request)
  checkUsable(key, request.operation)
  return key
}

/** The enabled key that a ciphertext is under, for who may decrypt. @throws Fault */
export function keyOfBlob(world: World, caller: Caller, blob: Buffer, context: EncryptionContext): Key {
  const keyId = keyIdOf(blob)
  if (keyId === null) throw new Fault("InvalidCiphertextException", "")
  const key = keyById(world, keyId, caller.region)
  if (key === null) throw hidden(caller, "Decrypt", "ciphertext")
  const use = { operation: "Decrypt", key, alias: null, context, viaService: null }
  authorizeKey(caller, { ...use, namedBy: "ciphertext" })
  checkUsable(key, "Decrypt")
  return key
}

/** @throws Fault for a key that is there, and cannot do this now or ever. */
export function checkUsable(key: Key, operation: string): void {
  const { arn, state = "Enabled", usage = "ENCRYPT_DECRYPT" } = key
  if (state === "Disabled") throw new Fault("DisabledException", `${arn} is disabled.`)
  if (state !== "Enabled") refuseState(key)
  if (usage !== "ENCRYPT_DECRYPT") {
    throw new Fault(
      "InvalidKeyUsageException",
      `${arn} key usage is ${usage} which is not valid for ${operation}.`,
    )
  }
}

/** @throws KMSInvalidStateException that names the state of the key. */
export function refuseState({ arn, state = "Enabled" }: Key): never {
  const words = state.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()
  throw new Fault("KMSInvalidStateException", `${arn} is ${words}.`)
}
