import { parse } from "dotenv"
import { EnvsealError } from "../core/error.ts"
import { decodeUtf8, nameList } from "../core/text.ts"

/** More than any example has; the size in bytes is the caller's limit. */
const maxLines = 50_000

/**
 * What an example file such as `.env.example` asks for: its names in its order, each with the value that stands there.
 *
 * Read by npm `dotenv`, which skips what it does not understand, and by a second reader of quotes. Where they find
 * different names, a quote is open somewhere, and a name that is lost would not be asked for.
 *
 * @param path what it is called in messages.
 * @throws EnvsealError `DOTENV_MALFORMED` for another encoding, a file without names, or names that are in doubt.
 */
export function readExample(bytes: Uint8Array, path: string): ReadonlyMap<string, string> {
  const text = decodeUtf8(bytes)
  if (text === null || text.includes("\0")) malformed(`${path} is not UTF-8`, "save it as UTF-8")
  const values = exampleOf(text.replace(/^\uFEFF/, ""), path)
  if (values.size === 0) malformed(`${path} has no names`, "check that it is the right file")
  return values
}

/** The same for text that is decoded, where there may be no name. @throws EnvsealError `DOTENV_MALFORMED`. */
export function exampleOf(text: string, path: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.length > maxLines)
    malformed(`${path} has more than ${maxLines} lines`, "check that it is the right file")
  // Its fast reader alone takes a time that grows with the file and not with its square.
  const values = new Map(Object.entries(parse(text, { fast: true })))
  const own = namesOf(lines, path)
  const inDoubt = [...new Set([...own, ...values.keys()])].filter(
    (name) => !own.has(name) || !values.has(name),
  )
  if (inDoubt.length > 0) {
    malformed(
      `${path} is read in two ways: ${nameList(inDoubt, 5)}`,
      "write each name as NAME=value, and close every quote",
    )
  }
  return values
}

function malformed(what: string, hint: string): never {
  throw new EnvsealError("DOTENV_MALFORMED", what, { hint })
}

const assignment = /^\s*(?:export\s+)?(["']?)([\w.-]+)\1\s*=\s*(.*)$/

/** The names that stand before a `=` outside quotes. @throws EnvsealError `DOTENV_MALFORMED` for an open quote. */
function namesOf(lines: readonly string[], path: string): Set<string> {
  const names = new Set<string>()
  for (let at = 0; at < lines.length; at++) {
    const [, , name, value = ""] = assignment.exec(lines[at] ?? "") ?? []
    if (name === undefined) continue
    names.add(name)
    const quote = value.charAt(0)
    if (!/["'`]/.test(quote) || afterQuote(value.slice(1), quote) !== null) continue
    const first = at + 1
    const isOpen = () => afterQuote(lines[at] ?? "", quote) === null
    do at++
    while (at < lines.length && isOpen())
    const rest = at < lines.length ? afterQuote(lines[at] ?? "", quote) : null
    if (rest === null || !/^\s*(?:#|$)/.test(rest)) {
      malformed(`${path}:${first}: the quote after ${name}= is not closed`, "close it, or drop it")
    }
  }
  return names
}

/** What stands after the closing quote; `null` when there is none. */
function afterQuote(text: string, quote: string): string | null {
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (quote === "`" || text.charAt(at - 1) !== "\\") return text.slice(at + 1)
  }
  return null
}
