import { encodeUtf8 } from "../../core/text.ts"
import { encodeValue } from "../../dotenv/encode.ts"

/** How a value may stand in a file, in the order in which a report names them. */
export type Encoding =
  | "raw"
  | "base64"
  | "base64url"
  | "hex"
  | "URL"
  | "JSON"
  | "PHP"
  | ".env"
  | "UTF-16"
  | "HTML"
  | "escaped"
  | "wrapped base64"
  | "wrapped hex"
  | "wrapped"
  | "decoded"
  | "a part"
  | "a part in base64"

export interface Spelling {
  readonly encoding: Encoding
  readonly bytes: Uint8Array
}

/** A text, and how it stands in base64, which is looked for in several ways. */
export interface SpelledText {
  readonly text: string
  readonly base64: readonly Spelling[]
}

export function spelledText(text: string): SpelledText {
  return { text, base64: base64Spellings(encodeUtf8(text)) }
}

/** Every way in which a whole text is looked for. Many are often the same bytes. */
export function spellings({ text, base64 }: SpelledText): Spelling[] {
  const bytes = encodeUtf8(text)
  return [
    { encoding: "raw", bytes },
    ...base64,
    ...hexSpellings(bytes),
    ...spelled("URL", urlTexts(text)),
    ...spelled("JSON", jsonTexts(text)),
    ...spelled("PHP", [phpText(text)]),
    ...spelled("escaped", [doubledQuotes(text)]),
    ...spelled(".env", dotenvTexts(text)),
    { encoding: "UTF-16", bytes: Buffer.from(text, "utf16le") },
    { encoding: "UTF-16", bytes: Buffer.from(text, "utf16le").swap16() },
  ]
}

/** How a piece of a value is looked for. */
export function partSpellings({ text, base64 }: SpelledText): Spelling[] {
  const plain = base64.filter(({ encoding }) => encoding === "base64")
  return [
    { encoding: "a part", bytes: encodeUtf8(text) },
    ...spelled("a part", jsonTexts(text)),
    ...plain.map(({ bytes }) => ({ encoding: "a part in base64" as const, bytes })),
  ]
}

/** The bytes that a value stands for, such as those of Laravel's `APP_KEY`. */
export function decodedSpellings(bytes: Uint8Array): Spelling[] {
  return [{ encoding: "decoded", bytes }, ...hexSpellings(bytes)]
}

function spelled(encoding: Encoding, texts: readonly string[]): Spelling[] {
  return [...new Set(texts)].map((text) => ({ encoding, bytes: encodeUtf8(text) }))
}

export function hexSpellings(bytes: Uint8Array): Spelling[] {
  const hex = Buffer.from(bytes).toString("hex")
  return spelled("hex", [hex, hex.toUpperCase()])
}

function base64Spellings(bytes: Uint8Array): Spelling[] {
  const plain = alignments(bytes)
  const url = plain.map((one) => one.replaceAll("+", "-").replaceAll("/", "_"))
  const others = url.filter((one) => !plain.includes(one))
  return [...spelled("base64", plain), ...spelled("base64url", others)]
}

/**
 * What stands in base64 text for these bytes, for each of the three places that a group of three bytes can have
 * them at. Characters that also depend on the bytes around are left out.
 */
function alignments(bytes: Uint8Array): string[] {
  const after = Buffer.concat([new Uint8Array(2), bytes])
  return [0, 1, 2].map((before) => {
    const text = after.toString("base64", 2 - before)
    const first = Math.ceil((before * 8) / 6)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    return text.slice(first, end)
  })
}

/** Percent-encoding as PHP, JavaScript, forms and whole URLs do it, with both cases of the digits. */
function urlTexts(text: string): string[] {
  const component = encodeURIComponent(text)
  const strict = component.replace(/[!'()*]/g, percent)
  const plus = strict.replaceAll("%20", "+")
  const form = component.replace(/[!'()~]/g, percent).replaceAll("%20", "+")
  const upper = [component, strict, plus, plus.replaceAll("~", "%7E"), form, encodeURI(text)]
  return upper.flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())])
}

function percent(c: string): string {
  return `%${c.charCodeAt(0).toString(16).toUpperCase()}`
}

/** The inside of a JSON string as JavaScript, PHP, Python, Go and .NET write it. */
function jsonTexts(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1)
  const slashes = plain.replaceAll("/", "\\/")
  const ascii = [plain, slashes].map((one) => one.replace(/[^\x00-\x7e]/g, (c) => unicode(c)))
  const html = [plain, ...ascii].map((one) => one.replace(/[<>&'+]/g, (c) => unicode(c)))
  const go = plain.replace(/[<>&]/g, (c) => unicode(c))
  const lower = [plain, slashes, ...ascii, ...html, go]
  return lower.flatMap((one) => [one, one.replace(/(?<=\\u)[0-9a-f]{4}/g, (digits) => digits.toUpperCase())])
}

function unicode(c: string): string {
  return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`
}

/** Between single quotes, as `var_export` writes Laravel's `bootstrap/cache/config.php`. */
function phpText(text: string): string {
  return text.replace(/[\\']/g, "\\$&")
}

/** Between single quotes in SQL and YAML. */
function doubledQuotes(text: string): string {
  return text.replaceAll("'", "''")
}

/** As `seal` writes it, without the quotes. */
function dotenvTexts(text: string): string[] {
  const encoded = encodeValue(text)
  return "refusal" in encoded ? [] : [encoded.text.replace(/^(['"])(.*)\1$/s, "$2")]
}
