import type { Compression } from "../ports/scan-target.ts"

/** The most bytes that {@link compressionOf} looks at. */
export const magicBytes = 4

/** How a file is compressed, by its first bytes: `null` when it is not, or by another program. */
export function compressionOf(head: Uint8Array): Compression | null {
  const [a, b, c, d] = head
  if (a === 0x1f && b === 0x8b && c === 8) return "gzip"
  // A zstd file may begin with a frame that readers skip (RFC 8878, section 3.1.2).
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return "zstd"
  if (a !== undefined && (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return "zstd"
  return null
}
