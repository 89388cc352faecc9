/**
 * Text from outside made safe for a terminal or a log line: control characters, bidirectional marks and line
 * separators become `\u{…}`, and anything longer than `max` characters is cut.
 */
export function printable(text: string, max = 120): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}

/** What JSON lets stand and a terminal would obey, as `\uXXXX`: the same text to a parser. */
export function escapeJson(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) =>
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

/**
 * Bytes as text, without a replacement character anywhere.
 *
 * @returns `null` when the bytes are not UTF-8. A byte order mark is kept, so that callers can refuse it.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
