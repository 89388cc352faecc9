import type { KeyObject } from "node:crypto"
import { concatBytes } from "../core/bytes.ts"
import { systemCode } from "../core/error.ts"
import { isBun } from "../core/runtime.ts"
import { nodeCrypto } from "./node-crypto.ts"

const name = "X25519"
const asymmetricKeyType = "x25519"
/** What stands before the 32 bytes of a private key in DER (RFC 8410, section 7). */
const privatePrefix = new Uint8Array([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
])
/** What stands before the 32 bytes of a public key in DER (RFC 8410, section 4). */
const publicPrefix = new Uint8Array([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00])

/**
 * The secret that a private key of X25519 has with a public one (RFC 7748, section 6.1).
 *
 * @param share the public key, 32 bytes.
 * @returns 32 bytes, or `null` where they would be zero: the share is a point of low order.
 */
export type Agreement = (share: Uint8Array) => Promise<Uint8Array | null> | Uint8Array | null

/** @param scalar the private key, 32 bytes. */
export function agreementOf(scalar: Uint8Array): Promise<Agreement> | Agreement {
  return isBun ? webAgreement(scalar) : nodeAgreement(scalar)
}

/** Bun has Web Crypto ready, and takes milliseconds to load `node:crypto`. */
export async function webAgreement(scalar: Uint8Array): Promise<Agreement> {
  const der = concatBytes([privatePrefix, scalar])
  const privateKey = await crypto.subtle.importKey("pkcs8", der, { name }, false, ["deriveBits"])
  return async (share) => {
    const peer = await crypto.subtle.importKey("raw", new Uint8Array(share), { name }, false, [])
    try {
      return new Uint8Array(await crypto.subtle.deriveBits({ name, public: peer }, privateKey, 256))
    } catch (error) {
      // It fails where the result would be zero (W3C, Secure Curves in the Web Cryptography API).
      if (error instanceof Error && error.name === "OperationError") return null
      throw error
    }
  }
}

/** Node needs `node:crypto` anyway, and takes milliseconds more, and four threads, for Web Crypto. */
export function nodeAgreement(scalar: Uint8Array): Agreement {
  try {
    return agreementWith(rawKeys, scalar)
  } catch {
    return agreementWith(derKeys, scalar)
  }
}

/** How a key is made of its 32 bytes. */
interface KeyFormat {
  privateKey(scalar: Uint8Array): KeyObject
  publicKey(share: Uint8Array): KeyObject
}

/** The bytes as they are, which older versions of Node refuse. */
export const rawKeys: KeyFormat = {
  privateKey: (scalar) =>
    nodeCrypto().createPrivateKey({ key: bufferOf([scalar]), format: "raw-private", asymmetricKeyType }),
  publicKey: (share) =>
    nodeCrypto().createPublicKey({ key: bufferOf([share]), format: "raw-public", asymmetricKeyType }),
}

/** Every version of Node takes this, and OpenSSL takes a millisecond longer to read it. */
export const derKeys: KeyFormat = {
  privateKey: (scalar) =>
    nodeCrypto().createPrivateKey({ key: bufferOf([privatePrefix, scalar]), format: "der", type: "pkcs8" }),
  publicKey: (share) =>
    nodeCrypto().createPublicKey({ key: bufferOf([publicPrefix, share]), format: "der", type: "spki" }),
}

/** By `node:crypto`, with keys made in one of these ways. @throws Error of Node where it does not know the format. */
export function agreementWith(keys: KeyFormat, scalar: Uint8Array): Agreement {
  const privateKey = keys.privateKey(scalar)
  return (share) => {
    const publicKey = keys.publicKey(share)
    try {
      return nodeCrypto().diffieHellman({ privateKey, publicKey })
    } catch (error) {
      // OpenSSL refuses a result of zeros (EVP_PKEY-X25519).
      if (systemCode(error) === "ERR_OSSL_FAILED_DURING_DERIVATION") return null
      throw error
    }
  }
}

function bufferOf(parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(concatBytes(parts).buffer)
}
