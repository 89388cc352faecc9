/**
 * Why an entry of a `.env` is in doubt: Laravel's reader and others, such as npm dotenv, Node, Bun, Python's, Ruby's
 * and compose's, do not read the same from it, though there is a spelling from which all do.
 *
 * What only an escape can say, such as `\"` and `\$`, is in no doubt: there Laravel's reader decides.
 *
 * @param entry the text of one entry as phpdotenv joins its lines.
 * @returns a reason in words that follow the name, or `null`.
 */
export function entryDoubt(entry: string): string | null {
  const equals = entry.indexOf("=")
  if (equals < 0) return "has no = and no value: write NAME= for an empty one, or drop the line"
  if (/^\s*(?:export\s+)?["']/.test(entry)) return "stands in quotes: write it without"
  if (/^\s*export[^\S ]/.test(entry))
    return "has a tab after export, which Node takes for a part of the name: use a space"
  const text = entry.slice(equals + 1).replace(/^[ \t]+/, "")
  if (/^(?:#|$)/.test(text) && equals + 1 + text.length < entry.length) {
    return "has a blank after = and no value: end the line at the ="
  }
  if (text.startsWith("'")) return afterQuoteDoubt(text, text.indexOf("'", 1))
  return text.startsWith('"') ? doubleQuotedDoubt(text) : bareDoubt(text)
}

/** What a shell, Ruby, compose or Bun replaces and Laravel does not; a whole `${NAME}` is resolved by all. */
const foreignVariable = /\$(?!\{[A-Za-z0-9_.]+\})[A-Za-z0-9_{($]/

const inSingleQuotes = "put the value in single quotes"

function doubleQuotedDoubt(text: string): string | null {
  const [quoted] = /^"(?:[^"\\]+|\\.)*/s.exec(text) ?? [""]
  const escaped = [...quoted.matchAll(/\\(.)/gs)].map(([, character = ""]) => character)
  if (escaped.some((character) => /[tfv]/.test(character))) {
    return "has \\t, \\f or \\v in double quotes: type the character itself, or use single quotes if \\ is meant"
  }
  if (foreignVariable.test(quoted.replace(/\\./gs, "\\"))) return variableDoubt
  return afterQuoteDoubt(text, quoted.length)
}

const variableDoubt = `has a $ that some readers replace and Laravel does not: ${inSingleQuotes}`

/** A comment needs a blank before it, and phpdotenv can take the lines after it for a part of it. */
function afterQuoteDoubt(text: string, quote: number): string | null {
  const rest = text.slice(quote + 1)
  if (rest.startsWith("#")) return "has a # right after the quote: put a blank before a comment"
  return rest.includes("\n")
    ? "has its closing quote first on a line, with text after it: Laravel would drop the next line in silence"
    : null
}

function bareDoubt(text: string): string | null {
  if (text.includes("\n")) return 'spans lines without double quotes: a =" in it opens a quote'
  const [value] = /^[^ \t]*/.exec(text) ?? [""]
  if (value.startsWith("#") || /[^#]#/.test(value)) return `has a # within the value: ${inSingleQuotes}`
  if (/(?! )\p{Z}|[\x00-\x08\v\f\x0e-\x1f\x7f-\x9f\uFEFF]/u.test(text.replace(/#.*$/s, ""))) {
    return "has a control character or an unusual blank outside quotes: drop it, or use quotes"
  }
  if (value.startsWith("`"))
    return `starts with a backtick, which is a quote to some readers: ${inSingleQuotes}`
  if (foreignVariable.test(value)) return variableDoubt
  if (/\\[nr]/.test(value)) {
    return "has \\n or \\r outside quotes: use double quotes for a line break, single quotes if \\ is meant"
  }
  return null
}
