/** Bytes as a text of as many characters, for expressions and as a key. */
export function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1")
}
