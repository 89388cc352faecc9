import type { webcrypto } from "node:crypto"
import { concatBytes } from "../core/bytes.ts"
import { openerFor } from "./chacha.ts"
import { deriveKey } from "./hkdf.ts"

const name = "X25519"
const label = "age-encryption.org/v1/X25519"
const noNonce = new Uint8Array(12)
/** What stands before the 32 bytes of a private key in DER (RFC 8410, section 7). */
const privatePrefix = new Uint8Array([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
])
/** The u-coordinate 9, by which a private key gives its public half (RFC 7748, section 6.1). */
const basePoint = new Uint8Array(32)
basePoint[0] = 9

/** A private key of X25519 with its public half. */
export interface X25519Key {
  readonly privateKey: webcrypto.CryptoKey
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

/** @param scalar 32 bytes. */
export async function x25519Key(scalar: Uint8Array): Promise<X25519Key> {
  const der = concatBytes([privatePrefix, scalar])
  const privateKey = await crypto.subtle.importKey("pkcs8", der, { name }, false, ["deriveBits"])
  return { privateKey, publicKey: await agree(privateKey, basePoint) }
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
  { privateKey, publicKey }: X25519Key,
  share: Uint8Array,
  body: Uint8Array,
): Promise<Uint8Array | "low order" | null> {
  let secret: Uint8Array
  try {
    secret = await agree(privateKey, share)
  } catch (error) {
    if (error instanceof Error && error.name === "OperationError") return "low order"
    throw error
  }
  const open = await openerFor(await deriveKey(secret, concatBytes([share, publicKey]), label))
  return open(noNonce, body)
}

/** @throws OperationError where the result would be zero (W3C, Secure Curves in the Web Cryptography API). */
async function agree(privateKey: webcrypto.CryptoKey, share: Uint8Array): Promise<Uint8Array> {
  const peer = await crypto.subtle.importKey("raw", new Uint8Array(share), { name }, false, [])
  return new Uint8Array(await crypto.subtle.deriveBits({ name, public: peer }, privateKey, 256))
}
