/**
 * 32 bytes by HKDF with SHA-256 (RFC 5869), as the age format derives every key. By Web Crypto, because a runtime has
 * it ready: its `node:crypto` takes milliseconds to load.
 */
export async function deriveKey(secret: Uint8Array, salt: Uint8Array, info: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(secret), "HKDF", false, ["deriveBits"])
  const how = {
    name: "HKDF",
    hash: "SHA-256",
    salt: Uint8Array.from(salt),
    info: new TextEncoder().encode(info),
  }
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256))
}
