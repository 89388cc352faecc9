/**
 * Canonical base64 without padding, as the age header uses it (RFC 4648 section 4, C2SP age.md).
 *
 * @returns `null` for padding, foreign characters, or trailing bits that are not zero.
 */
export function decodeBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*$/.test(text)) return null
  const bytes = Uint8Array.from(Buffer.from(text, "base64"))
  return encodeBase64(bytes) === text ? bytes : null
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "")
}
