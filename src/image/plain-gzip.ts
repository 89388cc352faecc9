import { gunzipSync, inflateRawSync } from "node:zlib"

/** Of the header of RFC 1952 without any optional field. */
const headerBytes = 10
/** Check sum and size. */
const trailerBytes = 8

/**
 * Unpacks a gzip that every reader understands alike: one member without optional fields, and nothing before or behind
 * it.
 *
 * @param maxBytes how large the content may be.
 * @returns `null` for every other text, and for a larger one.
 */
export function unpackPlainGzip(bytes: Uint8Array, maxBytes: number): Uint8Array | null {
  const [first, second, method, flags] = bytes
  if (first !== 0x1f || second !== 0x8b || method !== 8 || flags !== 0) return null
  const body = bytes.subarray(headerBytes, -trailerBytes)
  const content = attempt(() => inflateRawSync(body, { maxOutputLength: maxBytes }))
  if (content === null || isUnpacked(body.subarray(0, -1), maxBytes)) return null
  // With the check sum.
  const whole = attempt(() => gunzipSync(bytes, { maxOutputLength: maxBytes }))
  return whole?.equals(content) === true ? content : null
}

/** Whether a deflated text ends within these bytes: then what follows them is not part of it. */
function isUnpacked(body: Uint8Array, maxBytes: number): boolean {
  return attempt(() => inflateRawSync(body, { maxOutputLength: maxBytes })) !== null
}

function attempt(unpack: () => Buffer): Buffer | null {
  try {
    return unpack()
  } catch {
    return null
  }
}
