import { decodeBase64 } from "./base64.ts"
import { deriveKey } from "./hkdf.ts"

const macPrefix = "--- "

/**
 * Whether a header's MAC is that of its file key (C2SP age.md, "Header MAC").
 *
 * @param header the textual header, whose last line is that of the MAC, well formed.
 */
export async function hasHeaderMac(header: Uint8Array, fileKey: Uint8Array): Promise<boolean> {
  const macLine = header.lastIndexOf(0x0a, header.length - 2) + 1
  const text = Buffer.from(header.subarray(macLine + macPrefix.length, header.length - 1)).toString("latin1")
  // The blank after the dashes is not under the MAC.
  const covered = Uint8Array.from(header.subarray(0, macLine + macPrefix.length - 1))
  const mac = decodeBase64(text)
  const bytes = Uint8Array.from(await deriveKey(fileKey, new Uint8Array(), "header"))
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    "verify",
  ])
  return mac !== null && crypto.subtle.verify("HMAC", key, Uint8Array.from(mac), covered)
}
