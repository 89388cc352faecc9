import { nodeCrypto } from "./node-crypto.ts"

/** Bun's own hash, which takes a key. */
interface Hasher {
  update(data: Uint8Array): Hasher
  digest(): Uint8Array
}

interface BunHashes {
  readonly CryptoHasher: new (algorithm: "sha256", key: Uint8Array) => Hasher
}

/**
 * HMAC with SHA-256 (RFC 2104), by what the runtime has ready: `node:crypto` takes milliseconds to load under Bun, and
 * each call of Web Crypto is a turn through another thread.
 */
export function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  const { Bun: bun } = globalThis as { readonly Bun?: BunHashes }
  if (bun !== undefined) return new bun.CryptoHasher("sha256", key).update(data).digest()
  return nodeCrypto().createHmac("sha256", key).update(data).digest()
}
