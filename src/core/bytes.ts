/** Bytes as text, a character for each, whatever they mean. Not for long ones. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

/** The bytes of what {@link textOfBytes} made. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

/** Two hexadecimal digits for each byte, in lower case. For a few bytes: Bun takes a while to make its first `Buffer`. */
export function hexOf(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at++) text += (0x100 + (bytes[at] ?? 0)).toString(16).slice(1)
  return text
}

/** Parts one after the other, in memory of their own. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
