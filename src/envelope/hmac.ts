import { nodeCrypto } from "./node-crypto.ts"

/** Of SHA-256. */
export const hashBytes = 32
/** With a key, Bun takes no array that is shorter, whatever the hash. */
const longestHashBytes = 64

/** Bun's own hash, which takes a key. */
interface Hasher {
  update(data: Uint8Array): Hasher
  /** Without an array it makes a `Buffer`, which is seldom needed otherwise. */
  digest(into: Uint8Array): unknown
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
  if (bun !== undefined) {
    const room = new Uint8Array(longestHashBytes)
    new bun.CryptoHasher("sha256", key).update(data).digest(room)
    return room.subarray(0, hashBytes)
  }
  return nodeCrypto().createHmac("sha256", key).update(data).digest()
}
