import { encodeUtf8 } from "../core/text.ts"
import { hashBytes, hmac } from "./hmac.ts"

/** 32 bytes by HKDF with SHA-256 (RFC 5869), as the age format derives every key: one block of its output. */
export function deriveKey(secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  // No salt is a salt of zeros (RFC 5869, section 2.2).
  const extracted = hmac(salt.length === 0 ? new Uint8Array(hashBytes) : salt, secret)
  return hmac(extracted, encodeUtf8(`${info}\u0001`))
}
