import { openerFor, tagBytes } from "./chacha.ts"
import { deriveKey } from "./hkdf.ts"

const chunkBytes = 65_536
const sealedChunkBytes = chunkBytes + tagBytes
const nonceBytes = 16
const counterBytes = 11

/**
 * The plaintext behind an age header, whole or not at all (C2SP age.md, "Payload").
 *
 * @param sealed what follows the header: a nonce of 16 bytes, and the chunks.
 * @returns `null` when any chunk is altered, missing, or more than there should be.
 */
export async function decryptChunks(fileKey: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
  const chunks = sealed.subarray(nonceBytes)
  const count = Math.max(1, Math.ceil(chunks.length / sealedChunkBytes))
  const size = chunks.length - count * tagBytes
  // Only a payload of no bytes may have an empty chunk.
  if (size < 0 || (count > 1 && size <= (count - 1) * chunkBytes)) return null
  const open = await openerFor(deriveKey(fileKey, sealed.subarray(0, nonceBytes), "payload"))
  const plain = new Uint8Array(size)
  for (let at = 0; at < count; at++) {
    const part = chunks.subarray(at * sealedChunkBytes, (at + 1) * sealedChunkBytes)
    const opened = await open(chunkNonce(at, at === count - 1), part)
    if (opened === null) return null
    plain.set(opened, at * chunkBytes)
  }
  return plain
}

/** The chunk's number in 11 bytes, big-endian, and whether it is the last. */
function chunkNonce(at: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(counterBytes + 1)
  // A payload has fewer than 2^32 chunks.
  for (let byte = 0; byte < 4; byte++) nonce[counterBytes - 1 - byte] = at >>> (8 * byte)
  nonce[counterBytes] = isLast ? 1 : 0
  return nonce
}
