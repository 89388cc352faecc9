/** A value as `.env` text, or the reason why no `.env` can carry it. */
export type Encoded = { readonly text: string } | { readonly refusal: string }

const bare = /^(?!=)[A-Za-z0-9_./:@%+,=?^!*{}[\]-]*$/

/** phpdotenv cuts its tokens at this many bytes, wherever that falls in a character. */
const lexerLimit = 1000

/**
 * Spells one value for phpdotenv 5: bare where every reader agrees, then single quotes (literal there and in a
 * shell), then double quotes with escapes. The proof is not here but in reading the file back
 * (docs/format.md, "Values").
 */
export function encodeValue(value: string): Encoded {
  const refusal = refusalOf(value)
  if (refusal !== null) return { refusal }
  if (bare.test(value)) return { text: value }
  if (!/['\r\n]|="/.test(value)) return { text: `'${value}'` }
  return { text: doubleQuoted(value) }
}

/** The reason why no `.env` can carry a value, or `null`. */
export function refusalOf(value: string): string | null {
  if (!value.isWellFormed()) return "is not valid Unicode (a lone surrogate)"
  if (value.includes("\0")) return "holds a NUL character"
  for (let at = value.indexOf("\r"); at >= 0; at = value.indexOf("\r", at + 1)) {
    if (splitsCharacter(value, at + 1)) {
      return "has a carriage return before 1000 bytes of unbroken text, which PHP 8.3 corrupts"
    }
  }
  return null
}

function doubleQuoted(value: string): string {
  let text = '"'
  for (let at = 0; at < value.length; at++) {
    const c = value.charAt(at)
    if (c === "\n") {
      text += splitsCharacter(value, at + 1) ? "\n" : "\\n"
    } else if (c === "\r") {
      text += "\\r"
    } else if (c === "\\" || c === '"' || c === "$") {
      text += `\\${c}`
    } else {
      text += c
    }
  }
  return `${text}"`
}

/**
 * True when an escape just before `from` would be corrupted: PHP 8.3's `mb_substr` replaces a character that
 * the lexer's token limit cut in two. The token begins with the escape's own letter, hence the count from 1.
 */
function splitsCharacter(value: string, from: number): boolean {
  let bytes = 1
  for (const c of tail(value, from)) {
    if (/[\t\n\v\f\r \\'"#$]/.test(c)) return false
    const end = bytes + utf8Length(c)
    if (bytes < lexerLimit && end > lexerLimit) return true
    if (end >= lexerLimit) return false
    bytes = end
  }
  return false
}

function* tail(value: string, from: number): Generator<string> {
  for (let at = from; at < value.length; ) {
    const c = String.fromCodePoint(value.codePointAt(at) ?? 0)
    yield c
    at += c.length
  }
}

function utf8Length(c: string): number {
  const point = c.codePointAt(0) ?? 0
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}
