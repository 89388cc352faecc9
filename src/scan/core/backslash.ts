import { type Decoder, leadOf, type Mark, unclear } from "./decoder.ts"
import { countDigits, readDigits, readHex } from "./digits.ts"
import { afterBlanks, isBlank, Output } from "./output.ts"

const backslash = 0x5c
const maxPoint = 0x10ffff
const none = -1

/** Stands for any run of quotes and escaped backslashes: programs double, escape, close and open them. */
const quote = 0x27

/** What a letter after a backslash stands for, in C, JSON, shells and YAML. */
const letters: Readonly<Record<string, number>> = {
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  b: 0x08,
  f: 0x0c,
  v: 0x0b,
  a: 0x07,
  e: 0x1b,
  E: 0x1b,
  N: 0x85,
  L: 0x2028,
  P: 0x2029,
}
const named = new Int32Array(256).fill(-1)
for (const [letter, point] of Object.entries(letters)) named[letter.charCodeAt(0)] = point

/** How many digits follow `x`, `u` and `U`, when they stand in no braces. */
const hexDigits = new Uint8Array(256)
for (const [letter, count] of [["x", 2] as const, ["u", 4] as const, ["U", 8] as const]) {
  hexDigits[letter.charCodeAt(0)] = count
}

/** By byte: the bytes that a backslash and it stand for, whatever follows, the first one lowest; -1 when that decides. */
const singles = new Int32Array(256)
const scratch = new Output()
for (const byte of singles.keys()) singles[byte] = singleOf(byte, scratch)

function singleOf(byte: number, output: Output): number {
  if (isMixed(byte)) return quote
  if (byte === 0x0a || byte === 0x0d || (hexDigits[byte] ?? 0) > 0 || (byte >= 0x30 && byte <= 0x37))
    return -1
  output.reset(8)
  if ((named[byte] ?? -1) >= 0) output.point(named[byte] ?? 0)
  else output.text(byte)
  return (output.bytes[0] ?? 0) | (output.size > 1 ? (output.bytes[1] ?? 0) << 8 : 0)
}

/** By byte: 1 when it stands for itself, whatever stands beside it. */
const plainly = Uint8Array.from({ length: 256 }, (_, byte) => (isMixed(byte) || isBlank(byte) ? 0 : 1))

/** Whether it is of those of which any run is one quote. */
function isMixed(byte: number): boolean {
  return byte === backslash || isQuote(byte)
}

/** Nearly all backslashes stand before a letter or a number. */
function lead(bytes: Uint8Array, mark: number, length: number): number {
  if (mark + 2 >= length) return unclear
  const next = bytes[mark + 1] as number
  const single = singles[next] as number
  if (single >= 0) return single > 0xff ? unclear : leadOf(single, 2)
  const count = hexDigits[next] as number
  const point = count === 0 ? none : readHex(bytes, mark + 2, count, length)
  return point < 0 || point > 0x7f ? unclear : leadOf(plainOf(point), 2 + count)
}

/** What a character of ASCII yields where it stands for itself. */
function plainOf(byte: number): number {
  if (isBlank(byte)) return 0x20
  return isMixed(byte) ? quote : byte
}

const backslashMark: Mark = {
  bytes: "\\",
  before: null,
  after: null,
  sight: {
    width: 1,
    leads: singles.map((single) => (single > 0xff ? -1 : single)),
    plain: Uint8Array.from([...plainly.keys()].filter((byte) => plainly[byte] === 1)),
    gap: "",
    joins: null,
  },
}
const quotes = "'\""

/**
 * Text as JSON, `.env`, PHP, SQL, shells and YAML quote it: with a backslash, or with doubled quotes. They differ in
 * what a backslash means before which letter; every text that any of them writes is read alike.
 */
export const backslashDecoder: Decoder = {
  marks: [backslashMark],
  changes: /[\\'"\s]/,
  escaped: "\\\\",
  syntax: "\\'\" \t\r\nabcdefABCDEF0123456789nrtvxuUNLP_{}",
  lead,
  matters: () => true,
  decode(bytes, start, end, output, members) {
    let at = start
    while (at < end && members[bytes[at] as number] === 1 && !output.isFull) {
      const byte = bytes[at] as number
      if (byte === backslash && at + 1 < end) at = readEscape(bytes, at, end, output)
      else at = plain(byte, at + 1, output)
    }
    return at
  },
}

/** The same, and it looks closer at doubled quotes too: they tell nothing of a value without a quote. */
export const quoteDecoder: Decoder = {
  ...backslashDecoder,
  marks: [backslashMark, { bytes: quotes, before: null, after: quotes }],
}

/** @returns where the next character begins. */
function readEscape(bytes: Uint8Array, at: number, end: number, output: Output): number {
  const next = bytes[at + 1] as number
  if (next === 0x0a || next === 0x0d) return afterBlanks(bytes, at + 1, end)
  const point = named[next] as number
  if (point >= 0) {
    output.point(point)
    return at + 2
  }
  const count = hexDigits[next] as number
  return count > 0 ? hex(bytes, at, end, count, output) : octalOrPlain(bytes, at, end, output)
}

function isQuote(byte: number): boolean {
  return byte === quote || byte === 0x22
}

function plain(byte: number, next: number, output: Output): number {
  if (isMixed(byte)) output.once(quote)
  else output.text(byte)
  return next
}

/** `\x41`, `\u0041`, `\U00000041` and `\u{41}`. */
function hex(bytes: Uint8Array, at: number, end: number, count: number, output: Output): number {
  const braced = bytes[at + 2] === 0x7b
  const from = at + (braced ? 3 : 2)
  const digits = braced ? countDigits(bytes, from, 16, end, count * 2) : count
  const point = braced
    ? readDigits(bytes, from, digits, 16, maxPoint)
    : Math.min(maxPoint, readHex(bytes, from, count, end))
  if (point < 0 || digits === 0) return plain(bytes[at + 1] ?? 0, at + 2, output)
  const next = from + digits
  // Two digits are a byte, of which several make a character.
  if (point < 0x80) plain(point, next, output)
  else if (count === 2 && !braced) output.byte(point)
  else output.point(point)
  return braced && bytes[next] === 0x7d ? next + 1 : next
}

/** `\101`, or a character that needs no backslash. */
function octalOrPlain(bytes: Uint8Array, at: number, end: number, output: Output): number {
  const digits = countDigits(bytes, at + 1, 8, end, 3)
  const byte = digits === 0 ? (bytes[at + 1] ?? 0) : readDigits(bytes, at + 1, digits, 8, 0xff)
  return plain(byte, at + 1 + Math.max(1, digits), output)
}
