import { concatBytes } from "../core/bytes.ts"
import { type Agreement, agreementOf } from "./agreement.ts"
import { openerFor } from "./chacha.ts"
import { deriveKey } from "./hkdf.ts"

const label = "age-encryption.org/v1/X25519"
const noNonce = new Uint8Array(12)
/** The u-coordinate 9, by which a private key gives its public half (RFC 7748, section 6.1). */
const basePoint = new Uint8Array(32)
basePoint[0] = 9

/** A private key of X25519 with its public half. */
export interface X25519Key {
  readonly agree: Agreement
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** @param scalar 32 bytes. */
export async function x25519Key(scalar: Uint8Array): Promise<X25519Key> {
  const agree = await agreementOf(scalar)
  const publicKey = await agree(basePoint)
  if (publicKey === null) throw new Error("X25519 gave no public key")
  return { agree, publicKey }
}

/**
 * The file key in an X25519 stanza (C2SP age.md, "The X25519 recipient type").
 *
 * @param share 32 bytes: the stanza's argument.
 * @param body the stanza's body.
 * @returns `null` when the stanza is for another key, `"low order"` for a share with which no secret can be agreed
 * (RFC 7748, section 6.1).
 */
export async function unwrapX25519(
  { agree, publicKey }: X25519Key,
  share: Uint8Array,
  body: Uint8Array,
): Promise<Uint8Array | "low order" | null> {
  const secret = await agree(share)
  if (secret === null) return "low order"
  const open = await openerFor(deriveKey(secret, concatBytes([share, publicKey]), label))
  return open(noNonce, body)
}
