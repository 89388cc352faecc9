import { type Decoder, joinsNothing, leadOf, unclear } from "./decoder.ts"
import type { MarkSight } from "./mark-kind.ts"
import { isBlank } from "./output.ts"

const backslash = 0x5c

/** The alphabets of base64, base64url and hexadecimal. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

const members = new Uint8Array(256)
for (const c of alphabet) members[c.charCodeAt(0)] = 1

/** Base64 and hexadecimal in lines of any length, however they end and whatever blanks they begin with. */
export const lineBreakDecoder: Decoder = {
  marks: [
    { bytes: "\n\r", before: `${alphabet} \t\r`, after: `${alphabet} \t\r\n`, sight: sightOf(1) },
    { bytes: "\\", before: alphabet, after: "nrt", sight: sightOf(2) },
  ],
  changes: /[^\w+/-]/,
  escaped: null,
  syntax: `${alphabet} \t\r\n\\`,
  text: alphabet,
  lead,
  matters: joinsLines,
  textEnd,
  // Lines follow one another as long as they have nothing but blanks around them.
  decode(bytes, start, end, output) {
    let at = start
    while (at < end && !output.isFull) {
      const byte = bytes[at] as number
      if (members[byte] === 1) {
        output.byte(byte)
        at++
      } else {
        const next = afterGap(bytes, at, end)
        if (!hasBreak(bytes, at, next)) return at
        at = next
      }
    }
    return at
  },
}

function sightOf(width: 1 | 2): MarkSight {
  return { width, leads: null, plain: alphabet, gap: " \t\n\v\f\r", joins: "\n\v\f\r\\" }
}

/** How many blanks a line begins with, at most, for a quick look at it. */
const maxIndent = 64

/** Nearly all line breaks stand between two texts that have nothing to do with one another. */
function lead(bytes: Uint8Array, mark: number, length: number): number {
  const lineEnd = textEnd(bytes, mark)
  if (lineEnd === 0 || members[bytes[lineEnd - 1] as number] === 0) return joinsNothing
  const last = Math.min(length, mark + maxIndent)
  const next = afterGap(bytes, mark, last)
  if (next >= last) return unclear
  const first = bytes[next] as number
  return members[first] === 1 && hasBreak(bytes, mark, next) ? leadOf(first, next + 1 - mark) : joinsNothing
}

/** Whether the ends of both lines may be of one encoded text, so that it is worth to take the break out. */
function joinsLines(bytes: Uint8Array, at: number, end: number, shortest: number): boolean {
  const spelled = bytes[at] === backslash
  if (spelled ? breakLength(bytes, at) === 0 : bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return false
  const lineEnd = textEnd(bytes, at)
  if (lineEnd === 0 || members[bytes[lineEnd - 1] as number] === 0) return false
  const lineStart = afterGap(bytes, at, end)
  if (lineStart === end || members[bytes[lineStart] as number] === 0) return false
  const from = beforeMembers(bytes, lineEnd, lineEnd - shortest)
  const to = afterMembers(bytes, lineStart, Math.min(end, lineStart + shortest))
  if (lineEnd - from + to - lineStart >= shortest) return true
  // Short lines, of which several hold a value.
  return isBreak(bytes[beforeBlanksInLine(bytes, from) - 1]) || isBreak(bytes[to])
}

/** After blanks, line breaks, and line breaks that are spelled out. */
function afterGap(bytes: Uint8Array, at: number, end: number): number {
  let next = at
  while (next < end && (isBlank(bytes[next] as number) || bytes[next] === backslash))
    next += bytes[next] === backslash ? Math.max(1, breakLength(bytes, next)) : 1
  return next
}

function hasBreak(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isBreak(bytes[at])) return true
  return false
}

function isBreak(byte: number | undefined): boolean {
  return byte === undefined || byte === 0x0a || byte === 0x0d || byte === backslash
}

function beforeBlanksInLine(bytes: Uint8Array, end: number): number {
  let start = end
  while (start > 0 && (bytes[start - 1] === 0x20 || bytes[start - 1] === 0x09)) start--
  return start
}

/** Before a line end and the blanks before that. Of several line ends in a row only the first one has text before it. */
function textEnd(bytes: Uint8Array, mark: number): number {
  const isSecond = bytes[mark] === 0x0a && bytes[mark - 1] === 0x0d
  return beforeBlanksInLine(bytes, isSecond ? mark - 1 : mark)
}

function beforeMembers(bytes: Uint8Array, end: number, lowest: number): number {
  let start = end
  while (start > lowest && start > 0 && members[bytes[start - 1] as number] === 1) start--
  return start
}

function afterMembers(bytes: Uint8Array, start: number, end: number): number {
  let next = start
  while (next < end && members[bytes[next] as number] === 1) next++
  return next
}

/** Of a line break that JSON or a programming language spells out; 0 when it is none. */
function breakLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== backslash) return 0
  const next = bytes[at + 1]
  return next === 0x6e || next === 0x72 || next === 0x74 ? 2 : 0
}
