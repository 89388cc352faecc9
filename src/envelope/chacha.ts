import { isBun } from "../core/runtime.ts"
import { nodeCrypto } from "./node-crypto.ts"

/** Length of the tag that stands after what ChaCha20-Poly1305 encrypts, in bytes. */
export const tagBytes = 16

/**
 * Decrypts by ChaCha20-Poly1305 (RFC 8439).
 *
 * @param nonce 12 bytes.
 * @param sealed the ciphertext with its tag.
 * @returns the plaintext, or `null` when the tag is not that of the key and the ciphertext.
 */
export type Opener = (nonce: Uint8Array, sealed: Uint8Array) => Promise<Uint8Array | null> | Uint8Array | null

/** @param key 32 bytes. */
export function openerFor(key: Uint8Array): Promise<Opener> | Opener {
  return isBun ? webOpener(key) : nodeOpener(key)
}

/** Bun's `node:crypto` lacks this cipher, its Web Crypto has it. With Node it is the other way round. */
async function webOpener(bytes: Uint8Array): Promise<Opener> {
  const name = "ChaCha20-Poly1305"
  const key = await crypto.subtle.importKey("raw-secret" as "raw", new Uint8Array(bytes), name, false, [
    "decrypt",
  ])
  return async (nonce, sealed) => {
    if (sealed.length < tagBytes) return null
    try {
      const iv = new Uint8Array(nonce)
      return new Uint8Array(await crypto.subtle.decrypt({ name, iv }, key, sealed as Uint8Array<ArrayBuffer>))
    } catch (error) {
      if (error instanceof Error && error.name === "OperationError") return null
      throw error
    }
  }
}

function nodeOpener(key: Uint8Array): Opener {
  const { createDecipheriv } = nodeCrypto()
  return (nonce, sealed) => {
    const size = sealed.length - tagBytes
    if (size < 0) return null
    const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(sealed.subarray(size))
    const plain = decipher.update(sealed.subarray(0, size))
    try {
      decipher.final()
      return plain
    } catch {
      // It says only that the tag is wrong.
      return null
    }
  }
}
