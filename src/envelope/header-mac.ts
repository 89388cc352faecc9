import { decodeUtf8 } from "../core/text.ts"
import { decodeBase64 } from "./base64.ts"
import { deriveKey } from "./hkdf.ts"
import { hmac } from "./hmac.ts"

const macPrefix = "--- "

/**
 * Whether a header's MAC is that of its file key (C2SP age.md, "Header MAC").
 *
 * @param header the textual header, whose last line is that of the MAC, well formed.
 */
export function hasHeaderMac(header: Uint8Array, fileKey: Uint8Array): boolean {
  const macLine = header.lastIndexOf(0x0a, header.length - 2) + 1
  const text = decodeUtf8(header.subarray(macLine + macPrefix.length, header.length - 1))
  // The blank after the dashes is not under the MAC.
  const covered = header.subarray(0, macLine + macPrefix.length - 1)
  const mac = decodeBase64(text ?? "")
  const key = deriveKey(fileKey, new Uint8Array(), "header")
  return mac !== null && isSame(mac, hmac(key, covered))
}

/** Takes the same time whatever differs. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < other.length; at++) difference |= (other[at] ?? 0) ^ (one[at] ?? 0)
  return difference === 0
}
