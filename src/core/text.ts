import { withoutIdentities } from "./identity-text.ts"
import { latePattern } from "./late-pattern.ts"

/** What a terminal obeys instead of showing it: control characters, bidirectional marks and line separators. */
const obeyed = latePattern(String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]`, "gu")

/**
 * Text from outside made safe for a terminal or a log line: what a terminal would obey becomes `\u{…}`, age identities
 * are left out, and anything longer than `max` characters is cut.
 */
export function printable(text: string, max = 120): string {
  const safe = withoutIdentities(text)
  const cut = safe.length > max ? `${safe.slice(0, max)}…` : safe
  return replaceObeyed(cut, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}

function replaceObeyed(text: string, by: (character: string) => string): string {
  return text.replace(obeyed(), by)
}

/** The first word of a command for messages. What follows a `=` may be the value of a variable, and is left out. */
export function printableCommand(word: string): string {
  return printable(word.replace(/=.*$/s, "=…"))
}

/**
 * Whether a word of the command line may be repeated in a message: it has the form of a command's or an environment's
 * name. What has another form may be a value or a key that stands in the wrong place.
 */
export function isLikeName(word: string): boolean {
  return /^[a-z][a-z0-9-]{0,19}$/i.test(word)
}

/** One line of a text for standard output, safe like {@link printable}, and never cut. Tabs stay. */
export function printableLine(line: string): string {
  return line
    .split("\t")
    .map((part) => printable(part, Number.POSITIVE_INFINITY))
    .join("\t")
}

/**
 * A value as JSON on one line, safe for a terminal: what one would obey is written as `\uXXXX`, which is the same text
 * to a parser. Age identities are left out.
 */
export function jsonText(value: object): string {
  return escapeJson(JSON.stringify(value))
}

/** The same with line breaks, for a person. */
export function jsonLines(value: object): readonly string[] {
  return JSON.stringify(value, null, 2).split("\n").map(escapeJson)
}

function escapeJson(json: string): string {
  return replaceObeyed(withoutIdentities(json), (c) =>
    Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  )
}

/** `1 key`, `2 keys`, or with its own plural `2 identities`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`
}

/** Names for a message: all of them up to `max`, then how many more there are. */
export function nameList(names: readonly string[], max = 20): string {
  const head = names.slice(0, max).map((name) => printable(name))
  const rest = names.length - head.length
  return rest > 0 ? `${head.join(", ")} and ${rest} more` : head.join(", ")
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * Bytes as text, without a replacement character anywhere.
 *
 * @returns `null` when the bytes are not UTF-8. A byte order mark is kept, so that callers can refuse it.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

/** Bytes as text, with U+FFFD in place of what is not UTF-8. */
export function decodeLoosely(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
}

const encoder = new TextEncoder()

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}
