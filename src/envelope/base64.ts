/**
 * Canonical base64 without padding, as the age header uses it (RFC 4648 section 4, C2SP age.md).
 *
 * @returns `null` for padding, foreign characters, or trailing bits that are not zero.
 */
export function decodeBase64(text: string): Uint8Array | null {
  // Not by Uint8Array.from, which copies one byte after the other.
  const bytes = new Uint8Array(Buffer.from(text, "base64"))
  // What is read leniently is written in one way only.
  return encodeBase64(bytes) === text ? bytes : null
}

export function encodeBase64(bytes: Uint8Array): string {
  const padded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
  const end = padded.indexOf("=")
  return end < 0 ? padded : padded.slice(0, end)
}
