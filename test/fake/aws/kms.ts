import { randomBytes } from "node:crypto"
import type { Caller, Operation } from "./caller.ts"
import { decrypt, type EncryptionContext, encrypt, keyIdOf, materialId } from "./ciphertext.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { cancelKeyDeletion, disableKey, enableKey } from "./key-admin.ts"
import { createAlias, deleteAlias, updateAlias } from "./key-alias.ts"
import { idOf } from "./key-id.ts"
import { describeKey } from "./key-metadata.ts"
import { getKeyPolicy, putKeyPolicy } from "./key-policy.ts"
import { checkLength, constraint, readMembers } from "./members.ts"
import { authorizedKey, keyOfBlob, usableKey } from "./usable-key.ts"
import type { Key } from "./world.ts"

/** KMS, as `TrentService.…`. */
export const kmsOperations: Readonly<Record<string, Operation>> = {
  Encrypt: encryptOperation,
  Decrypt: decryptOperation,
  GenerateDataKey: generateDataKey,
  DescribeKey: describe,
  EnableKey: enableKey,
  DisableKey: disableKey,
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  UpdateAlias: updateAlias,
  DeleteAlias: deleteAlias,
  GetKeyPolicy: getKeyPolicy,
  PutKeyPolicy: putKeyPolicy,
}

const common = {
  KeyId: "text",
  EncryptionContext: "pairs",
  DryRun: "flag",
  GrantTokens: "unsupported",
  Recipient: "unsupported",
} as const

function encryptOperation(call: Call, caller: Caller): object {
  const { Recipient: _, ...types } = common
  const members = readMembers(call.request.body, {
    ...types,
    Plaintext: "bytes",
    EncryptionAlgorithm: "text",
  })
  const context = members.EncryptionContext ?? {}
  note(call, members.KeyId, context)
  checkLength("plaintext", members.Plaintext, 1, 4096)
  const key = usableKey(call.state.world, caller, { operation: "Encrypt", keyId: members.KeyId, context })
  checkAlgorithm(members.EncryptionAlgorithm)
  endDryRun(members.DryRun)
  return {
    CiphertextBlob: encrypt(idOf(key), members.Plaintext ?? Buffer.alloc(0), context).toString("base64"),
    KeyId: key.arn,
    EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
  }
}

function generateDataKey(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, { ...common, KeySpec: "text", NumberOfBytes: "number" })
  const context = members.EncryptionContext ?? {}
  note(call, members.KeyId, context)
  const bytes = dataKeyBytes(members.KeySpec, members.NumberOfBytes)
  const key = usableKey(call.state.world, caller, {
    operation: "GenerateDataKey",
    keyId: members.KeyId,
    context,
  })
  endDryRun(members.DryRun)
  const plaintext = randomBytes(bytes)
  return {
    CiphertextBlob: encrypt(idOf(key), plaintext, context).toString("base64"),
    Plaintext: plaintext.toString("base64"),
    KeyId: key.arn,
    KeyMaterialId: materialId(idOf(key)),
  }
}

function decryptOperation(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...common,
    CiphertextBlob: "bytes",
    EncryptionAlgorithm: "text",
    DryRunModifiers: "texts",
  })
  const context = members.EncryptionContext ?? {}
  note(call, members.KeyId, context)
  if (ignoresCiphertext(members.DryRunModifiers, members.DryRun, members.KeyId)) {
    usableKey(call.state.world, caller, { operation: "Decrypt", keyId: members.KeyId, context })
    endDryRun(true)
  }
  const blob = members.CiphertextBlob ?? Buffer.alloc(0)
  checkLength("ciphertextBlob", members.CiphertextBlob, 1, 6144)
  const key =
    members.KeyId === undefined
      ? keyOfBlob(call.state.world, caller, blob, context)
      : usableKey(call.state.world, caller, { operation: "Decrypt", keyId: members.KeyId, context })
  checkAlgorithm(members.EncryptionAlgorithm)
  const plaintext = openBlob(key, blob, context)
  endDryRun(members.DryRun)
  return {
    KeyId: key.arn,
    Plaintext: plaintext.toString("base64"),
    EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    KeyMaterialId: materialId(idOf(key)),
  }
}

function describe(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, { KeyId: "text", GrantTokens: "unsupported" })
  note(call, members.KeyId, undefined)
  const key = authorizedKey(call.state.world, caller, {
    operation: "DescribeKey",
    keyId: members.KeyId,
    context: {},
  })
  return { KeyMetadata: describeKey(call.state.world, key) }
}

function openBlob(key: Key, blob: Buffer, context: EncryptionContext): Buffer {
  const keyId = keyIdOf(blob)
  if (keyId !== null && keyId !== idOf(key)) {
    throw new Fault(
      "IncorrectKeyException",
      "The key ID in the request does not identify a CMK that can perform this operation.",
    )
  }
  const plaintext = decrypt(idOf(key), blob, context)
  if (plaintext === null) throw new Fault("InvalidCiphertextException", "")
  return plaintext
}

function checkAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined || algorithm === "SYMMETRIC_DEFAULT") return
  throw new Fault(
    "InvalidKeyUsageException",
    `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
  )
}

function dataKeyBytes(spec: string | undefined, bytes: number | undefined): number {
  if ((spec === undefined) === (bytes === undefined)) {
    throw new Fault("ValidationException", "Please specify either number of bytes or key spec.")
  }
  if (spec === "AES_256") return 32
  if (spec === "AES_128") return 16
  if (spec !== undefined) {
    throw constraint(`Value '${spec}' at 'keySpec'`, "Member must satisfy enum value set: [AES_256, AES_128]")
  }
  const subject = `Value '${bytes}' at 'numberOfBytes'`
  if (bytes === undefined || bytes < 1)
    throw constraint(subject, "Member must have value greater than or equal to 1")
  if (bytes > 1024) throw constraint(subject, "Member must have value less than or equal to 1024")
  return bytes
}

function ignoresCiphertext(
  modifiers: readonly string[] | undefined,
  dryRun: boolean | undefined,
  keyId: string | undefined,
): boolean {
  if (modifiers === undefined) return false
  const other = modifiers.find((modifier) => modifier !== "IGNORE_CIPHERTEXT")
  if (other !== undefined) {
    throw constraint(
      `Value '${other}' at 'dryRunModifiers'`,
      "Member must satisfy enum value set: [IGNORE_CIPHERTEXT]",
    )
  }
  if (modifiers.length > 0 && (dryRun !== true || keyId === undefined)) {
    throw new Fault("ValidationException", "IGNORE_CIPHERTEXT needs DryRun and a KeyId.")
  }
  return modifiers.length > 0
}

function endDryRun(dryRun: boolean | undefined): void {
  if (dryRun !== true) return
  throw new Fault(
    "DryRunOperationException",
    "The request would have succeeded, but the DryRun option is set.",
  )
}

function note({ record }: Call, keyId: string | undefined, context: EncryptionContext | undefined): void {
  if (keyId !== undefined) record.keyId = keyId
  if (context !== undefined) record.encryptionContext = context
}
