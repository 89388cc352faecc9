import { type Decoder, leadOf, unclear } from "./decoder.ts"
import { readHex } from "./digits.ts"
import { isBlank, type Output } from "./output.ts"

const percentSign = 0x25

/** Percent-encoding, whichever characters are encoded: as in URLs and forms, and by JavaScript's `escape`. */
export const percentDecoder: Decoder = {
  marks: [{ bytes: "%", before: null, after: "0123456789abcdefABCDEFu" }],
  changes: /[%+\s]/,
  escaped: "%25",
  syntax: "%0123456789abcdefABCDEFu+",
  lead(bytes, mark, length) {
    const taken = escapeLength(bytes, mark, length)
    if (taken === 0) return leadOf(percentSign, 1)
    return taken === 3 ? leadOf(plainOf(readHex(bytes, mark + 1, 2, length)), 3) : unclear
  },
  matters: (bytes, at, end) => escapeLength(bytes, at, end) > 0,
  decode(bytes, start, end, output, members) {
    let at = start
    while (at < end && members[bytes[at] as number] === 1 && !output.isFull) {
      const byte = bytes[at] as number
      const length = byte === percentSign ? escapeLength(bytes, at, end) : 0
      if (length === 6) output.point(readHex(bytes, at + 2, 4, end))
      else if (length === 3) plain(readHex(bytes, at + 1, 2, end), output)
      else plain(byte, output)
      at += Math.max(1, length)
    }
    return at
  },
}

function plain(byte: number, output: Output): void {
  output.text(plainOf(byte))
}

/** In a form, a plus sign is a blank. */
function plainOf(byte: number): number {
  return byte === 0x2b || isBlank(byte) ? 0x20 : byte
}

/** Of `%41` and `%u0041`; 0 when it is neither. */
function escapeLength(bytes: Uint8Array, at: number, end: number): number {
  if (readHex(bytes, at + 1, 2, end) >= 0) return 3
  return bytes[at + 1] === 0x75 && readHex(bytes, at + 2, 4, end) >= 0 ? 6 : 0
}
