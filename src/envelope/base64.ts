/**
 * What Bun has, and Node from version 25 on (ECMAScript 2026). Bun takes longer to make its first `Buffer` than to read a
 * header.
 */
interface NativeBase64 {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>
}

const { fromBase64 } = Uint8Array as NativeBase64

/**
 * Canonical base64 without padding, as the age header uses it (RFC 4648 section 4, C2SP age.md).
 *
 * @returns `null` for padding, foreign characters, or trailing bits that are not zero.
 */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = looselyDecoded(text)
  // What is read leniently is written in one way only.
  return bytes !== null && encodeBase64(bytes) === text ? bytes : null
}

/** @returns something else, or `null`, for what is not base64. */
function looselyDecoded(text: string): Uint8Array | null {
  // Not by Uint8Array.from, which copies one byte after the other.
  if (fromBase64 === undefined) return new Uint8Array(Buffer.from(text, "base64"))
  try {
    return fromBase64.call(Uint8Array, text)
  } catch {
    return null
  }
}

export function encodeBase64(bytes: Uint8Array): string {
  const padded = paddedBase64(bytes)
  const end = padded.indexOf("=")
  return end < 0 ? padded : padded.slice(0, end)
}

function paddedBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  if (bytes.toBase64 !== undefined) return bytes.toBase64()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
}
