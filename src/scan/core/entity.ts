import { decodeHTML } from "entities/decode"
import { type Decoder, leadOf, unclear } from "./decoder.ts"
import { countDigits, readDigits } from "./digits.ts"
import type { Output } from "./output.ts"

const ampersand = 0x26
const semicolon = 0x3b
const maxPoint = 0x10ffff

/** More zeros than anybody writes before a number. */
const maxDigits = 64

/** The longest name in HTML has 32. */
const maxName = 32

/** Most of all that are written, found at once. */
const common: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
}

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/** Character references of HTML and XML: by name, in decimal and in hexadecimal. */
export const entityDecoder: Decoder = {
  marks: [{ bytes: "&", before: null, after: `#${alphabet}` }],
  changes: /[&\s]/,
  escaped: "&amp;",
  syntax: `&#;0123456789${alphabet} \t\r\n`,
  lead(bytes, mark, length) {
    const end = nameEnd(bytes, mark, length)
    return end === length || bytes[end] === semicolon || bytes[end] === 0x23 ? unclear : leadOf(ampersand, 1)
  },
  matters: () => true,
  decode(bytes, start, end, output, members) {
    let at = start
    while (at < end && members[bytes[at] as number] === 1 && !output.isFull) {
      const byte = bytes[at] as number
      const next = byte === ampersand ? reference(bytes, at, end, output) : at
      if (next === at) output.text(byte)
      at = Math.max(at + 1, next)
    }
    return at
  },
}

/** @returns `at` when there is none. */
function reference(bytes: Uint8Array, at: number, end: number, output: Output): number {
  if (bytes[at + 1] !== 0x23) return name(bytes, at, end, output)
  const isHex = ((bytes[at + 2] ?? 0) | 0x20) === 0x78
  const from = at + (isHex ? 3 : 2)
  const base = isHex ? 16 : 10
  const count = countDigits(bytes, from, base, end, maxDigits)
  if (count === 0) return at
  output.point(readDigits(bytes, from, count, base, maxPoint))
  return afterSemicolon(bytes, from + count)
}

function name(bytes: Uint8Array, at: number, end: number, output: Output): number {
  const next = nameEnd(bytes, at, end)
  // Only the old names may end without one; who escapes writes it.
  if (next === at + 1 || bytes[next] !== semicolon) return at
  const text = Buffer.from(bytes.subarray(at, next + 1)).toString("latin1")
  const decoded = common[text] ?? decodeHTML(text)
  if (decoded === text) return at
  for (const c of decoded) output.point(c.codePointAt(0) ?? 0)
  return next + 1
}

function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at + 1
  while (next < end && next - at <= maxName && isAlphanumeric(bytes[next] ?? 0)) next++
  return next
}

function afterSemicolon(bytes: Uint8Array, at: number): number {
  return bytes[at] === semicolon ? at + 1 : at
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
}

function isAlphanumeric(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39)
}
