import { decodeBech32 } from "./bech32.ts"

/** What a text of the age tools stands for. */
export interface AgeKey {
  readonly postQuantum: boolean
  readonly bytes: Uint8Array
}

const identityBytes = 32
const recipientBytes = { x25519: 32, hybrid: 1216 }

/**
 * The key of an identity, `AGE-SECRET-KEY-1…` or `AGE-SECRET-KEY-PQ-1…` (C2SP age.md, "X25519" and "Hybrid").
 *
 * @returns `null` for anything else, other case and a wrong checksum included.
 */
export function decodeIdentity(text: string): AgeKey | null {
  const prefix = text.startsWith("AGE-SECRET-KEY-PQ-1") ? "age-secret-key-pq-" : "age-secret-key-"
  if (!text.startsWith(`${prefix.toUpperCase()}1`)) return null
  const bytes = decodeBech32(text, prefix)
  return bytes?.length === identityBytes ? { postQuantum: prefix === "age-secret-key-pq-", bytes } : null
}

/**
 * The public key of a recipient, `age1…` or `age1pq1…`.
 *
 * @returns `null` for anything else, plugins' recipients included.
 */
export function decodeRecipient(text: string): AgeKey | null {
  const postQuantum = text.startsWith("age1pq1")
  if (!text.startsWith("age1")) return null
  const bytes = decodeBech32(text, postQuantum ? "age1pq" : "age")
  const size = postQuantum ? recipientBytes.hybrid : recipientBytes.x25519
  return bytes?.length === size ? { postQuantum, bytes } : null
}
