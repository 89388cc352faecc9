import { encodeUtf8 } from "../../core/text.ts"
import type { Decoder } from "./decoder.ts"
import { latin1 } from "./latin1.ts"
import { Output } from "./output.ts"
import { type Encoding, hexSpellings, type SpelledText, type Spelling } from "./spelling.ts"

/** Shorter or simpler ones would be found in any text. */
const minFormBytes = 5
const minDifferentBytes = 4

/** A spelling that stands in what a decoder yields. */
export interface Form extends Spelling {
  /** The whole of it, with what is not looked for because it may run together with what stands around. */
  readonly text: Uint8Array
}

/** What a decoder yields where a text stands that it decodes, in whichever of the ways that it undoes. */
export function formsOf(decoder: Decoder, { text, base64 }: SpelledText, encoding: Encoding): Form[] {
  const plain = variants(text).flatMap((bytes) => yields(decoder, bytes))
  const encoded = base64.map((one) => {
    const bytes = decoded(decoder, one.bytes)
    return { encoding: one.encoding, bytes, text: bytes }
  })
  const forms = [...plain.map((one) => ({ encoding, bytes: trimmed(one), text: one })), ...encoded]
  return forms.filter(({ bytes }) => bytes.length >= minFormBytes && isVaried(bytes))
}

function isVaried(bytes: Uint8Array): boolean {
  const seen = new Set<number>()
  return bytes.some((byte) => seen.add(byte).size >= minDifferentBytes)
}

/** As UTF-8; as programs write it that escape the characters of Latin-1 as bytes; and as YAML's `\_`. */
function variants(text: string): Uint8Array[] {
  if (!/[\x80-\xff]/.test(text)) return [encodeUtf8(text)]
  const latin = [...text].map((c) => (c >= "\x80" && c <= "\xff" ? Buffer.from(c, "latin1") : encodeUtf8(c)))
  return [encodeUtf8(text), Buffer.concat(latin), encodeUtf8(text.replaceAll("\xa0", "_"))]
}

/** What is yielded where each mark is escaped, and where marks are left as they are. */
function yields(decoder: Decoder, bytes: Uint8Array): Uint8Array[] {
  const { escaped } = decoder
  if (escaped === null || !bytes.includes(escaped.charCodeAt(0))) return [decoded(decoder, bytes)]
  const text = latin1(bytes).replaceAll(escaped.charAt(0), () => escaped)
  return [Buffer.from(text, "latin1"), bytes].map((one) => decoded(decoder, one))
}

/** `\\P` is two bytes and yields three; no entity yields more bytes than it has, but for a few. */
const maxGrowth = 2
const anyByte = new Uint8Array(256).fill(1)
const scratch = new Output()

function decoded(decoder: Decoder, bytes: Uint8Array): Uint8Array {
  if (!decoder.changes.test(latin1(bytes))) return bytes
  scratch.reset(maxGrowth * bytes.length)
  decoder.decode(bytes, 0, bytes.length, scratch, anyByte)
  return scratch.bytes.slice(0, scratch.size)
}

/** Quotes and blanks at the ends run together with those around the value. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let start = 0
  let end = bytes.length
  while (start < end && isOuter(bytes[start])) start++
  while (end > start && isOuter(bytes[end - 1])) end--
  return bytes.subarray(start, end)
}

function isOuter(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x27
}

/** A text that consists of the characters of base64, and is long enough not to be words in a row. */
const base64Text = /^[\w+/-]{24,}$/

const armorLine = /-----[A-Z0-9 ]+-----/g

/** What stands in base64 or hexadecimal that was broken into lines, when the breaks are taken out. */
export function unbroken({ text, base64 }: SpelledText): Form[] {
  const body = text.replace(armorLine, "").replace(/[\s=]+/g, "")
  return [
    ...base64.map((one) => ({ encoding: "wrapped base64" as const, bytes: one.bytes })),
    ...unbrokenHex(encodeUtf8(text)),
    ...(base64Text.test(body) ? [{ encoding: "wrapped" as const, bytes: encodeUtf8(body) }] : []),
  ].map(asForm)
}

/** Of bytes, in hexadecimal alone. */
export function unbrokenHex(bytes: Uint8Array): Form[] {
  return hexSpellings(bytes).map((one) => asForm({ encoding: "wrapped hex", bytes: one.bytes }))
}

function asForm(one: Spelling): Form {
  return { ...one, text: one.bytes }
}
