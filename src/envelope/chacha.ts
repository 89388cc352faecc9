/** Length of the tag that stands after what ChaCha20-Poly1305 encrypts, in bytes. */
export const tagBytes = 16

/**
 * Decrypts by ChaCha20-Poly1305 (RFC 8439).
 *
 * @param nonce 12 bytes.
 * @param sealed the ciphertext with its tag.
 * @returns the plaintext, or `null` when the tag is not that of the key and the ciphertext.
 */
export type Opener = (nonce: Uint8Array, sealed: Uint8Array) => Promise<Uint8Array | null>

/** @param key 32 bytes. */
export function openerFor(key: Uint8Array): Promise<Opener> {
  return "Bun" in globalThis ? openerOfRuntime(key) : openerOfNoble(key)
}

/** Bun's Web Crypto knows this cipher. Node's either does not, or warns on standard error that it is experimental. */
async function openerOfRuntime(bytes: Uint8Array): Promise<Opener> {
  const name = "ChaCha20-Poly1305"
  const key = await crypto.subtle.importKey("raw-secret" as "raw", Uint8Array.from(bytes), name, false, [
    "decrypt",
  ])
  return async (nonce, sealed) => {
    if (sealed.length < tagBytes) return null
    try {
      const iv = Uint8Array.from(nonce)
      return new Uint8Array(await crypto.subtle.decrypt({ name, iv }, key, sealed as Uint8Array<ArrayBuffer>))
    } catch (error) {
      if (error instanceof Error && error.name === "OperationError") return null
      throw error
    }
  }
}

async function openerOfNoble(key: Uint8Array): Promise<Opener> {
  const { chacha20poly1305 } = await import("@noble/ciphers/chacha.js")
  return async (nonce, sealed) => {
    try {
      return chacha20poly1305(key, nonce).decrypt(sealed)
    } catch {
      return null
    }
  }
}
