import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto"

/** Pairs that a ciphertext is bound to. */
export type EncryptionContext = Readonly<Record<string, string>>

const version = 1
const ivBytes = 12
const tagBytes = 16

/**
 * Encrypts under a key's material. The blob names the key by its id, not by its ARN, so that every Region of a
 * multi-Region key opens it.
 */
export function encrypt(keyId: string, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const iv = randomBytes(ivBytes)
  const header = Buffer.concat([Buffer.from([version, keyId.length]), Buffer.from(keyId)])
  const cipher = createCipheriv("aes-256-gcm", material(keyId), iv)
  cipher.setAAD(additionalData(header, context))
  return Buffer.concat([header, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @returns `null` for a blob that {@link encrypt} did not make under this key with this context. */
export function decrypt(keyId: string, blob: Uint8Array, context: EncryptionContext): Buffer | null {
  if (keyIdOf(blob) !== keyId) return null
  const start = 2 + keyId.length
  const decipher = createDecipheriv("aes-256-gcm", material(keyId), blob.subarray(start, start + ivBytes))
  decipher.setAAD(additionalData(blob.subarray(0, start), context))
  decipher.setAuthTag(blob.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(blob.subarray(start + ivBytes, -tagBytes)), decipher.final()])
  } catch {
    return null
  }
}

/** The id of the key that a blob says it is under. @returns `null` for what is no blob at all. */
export function keyIdOf(blob: Uint8Array): string | null {
  const length = blob[1] ?? 0
  if (blob[0] !== version || blob.length < 2 + length + ivBytes + tagBytes) return null
  const keyId = Buffer.from(blob.subarray(2, 2 + length)).toString("latin1")
  return /^(mrk-)?[0-9a-f-]+$/.test(keyId) ? keyId : null
}

/** What KMS calls the KeyMaterialId: 64 hexadecimal digits. */
export function materialId(keyId: string): string {
  return createHmac("sha256", "fake AWS material id").update(keyId).digest("hex")
}

// Derived, so that what was sealed can be opened after a restart.
function material(keyId: string): Buffer {
  return createHmac("sha256", "fake AWS key material").update(keyId).digest()
}

// Each part with its length before it: {appx: "envprod"} must not be the same as {app: "xenv", prod: ""}.
function additionalData(header: Uint8Array, context: EncryptionContext): Buffer {
  const names = Object.keys(context).sort()
  const parts = names.flatMap((name) => [name, context[name] ?? ""]).map((text) => Buffer.from(text))
  return Buffer.concat([header, ...parts.flatMap((part) => [lengthOf(part), part])])
}

function lengthOf(part: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(part.length)
  return bytes
}
