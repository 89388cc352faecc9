import { createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto"
import { decodeBase64 } from "./base64.ts"
import type { Stanza } from "./header.ts"

const shareBytes = 32

/**
 * True when the X25519 share of a stanza is a point of low order, for which every Diffie-Hellman result is
 * zero. RFC 7748 section 6.1 asks to abort on it, which the platform's own X25519 does for any private key.
 */
export function hasLowOrderShare({ type, args }: Stanza): boolean {
  if (type !== "X25519" && type !== "mlkem768x25519") return false
  const share = decodeBase64(args[0] ?? "")?.subarray(-shareBytes)
  if (share === undefined) return false
  const x = Buffer.from(share).toString("base64url")
  try {
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" })
    return diffieHellman({ privateKey: generateKeyPairSync("x25519").privateKey, publicKey }).every(
      (b) => b === 0,
    )
  } catch {
    return true
  }
}
