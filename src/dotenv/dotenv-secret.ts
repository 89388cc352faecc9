import { EnvsealError, type Problem } from "../core/error.ts"
import { Secret } from "../core/secret.ts"
import { decodeUtf8 } from "../core/text.ts"
import { entryDoubt } from "./doubt.ts"
import type { Entry } from "./entry.ts"
import { maxNames, nameProblem } from "./name.ts"
import { type Joined, joinLines, type LiveReference, parseReferring, startsMultiline } from "./read.ts"
import { lineProblem, maxLineBytes } from "./write.ts"

/** What a `.env` holds, and every name in it that may not be sealed. */
export interface DotenvSecret {
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
}

/**
 * Reads a `.env` that people wrote as Laravel's reader does on a machine without any variable: `export`, comments,
 * quotes, values that span lines, and `${NAME}` of what stands before in the same file.
 *
 * Refused by name and line: what would depend on the machine's environment, a name that stands twice, and syntax from
 * which not all readers get the same.
 *
 * @param source what it is called in messages, such as `dotenv:.env`.
 * @throws EnvsealError `DOTENV_MALFORMED` for another encoding, no names, too many of them, and what no reader of
 * Laravel's reads.
 */
export function readDotenvSecret(bytes: Uint8Array, source: string): DotenvSecret {
  const text = textOf(bytes, source)
  const joined = joinedOf(text, source)
  if (joined.length === 0) malformed(source, "has no names", "check that it is the right file")
  if (joined.length > maxNames) malformed(source, `has more than ${maxNames} names`)
  const lines = linesOf(joined, source)
  const older = new Map([...joinLines(text, "5.4")].map(({ line, entry }) => [line, entry]))
  const names = new Set(lines.map(({ name }) => name))
  const problems: Problem[] = []
  const entries = new Map<string, Entry>()
  const firstLines = new Map<string, number>()
  for (const { name, value, line, references, entry } of lines) {
    const first = firstLines.get(name)
    if (first !== undefined) {
      problems.push({
        code: "DUPLICATE_NAME",
        name,
        reason: `stands on line ${first} and again on line ${line}`,
      })
      continue
    }
    firstLines.set(name, line)
    const { text: resolved, missing } = resolve(value ?? "", references, entries)
    const reason = entryDoubt(entry) ?? (older.get(line) === entry ? null : olderReaders)
    const problem =
      nameProblem(name) ??
      (reason === null ? null : { code: "DOUBTFUL_SYNTAX" as const, name, reason }) ??
      (missing === null ? lineProblem(name, resolved) : outside(name, missing, names))
    if (problem !== null) problems.push({ ...problem, reason: `on line ${line} ${problem.reason}` })
    entries.set(name, { name, kind: "string", value: new Secret(resolved) })
  }
  const refused = new Set(problems.map(({ name }) => name))
  return { entries: [...entries.values()].filter(({ name }) => !refused.has(name)), problems }
}

const olderReaders =
  'has a line with =" inside its quotes, which phpdotenv before 5.5 reads otherwise: write \\n for the line breaks'

function textOf(bytes: Uint8Array, source: string): string {
  const text = decodeUtf8(bytes)
  if (text === null || text.includes("\0")) malformed(source, "is not UTF-8", "save it as UTF-8")
  if (text.startsWith("\uFEFF")) {
    malformed(source, "starts with a byte order mark", "save it as UTF-8 without one")
  }
  // Laravel takes it for a line end, Node for nothing, and others for a part of the value.
  const alone = /\r(?!\n)/.exec(text)
  if (alone !== null) {
    const line = text.slice(0, alone.index).split("\n").length
    throw new EnvsealError("DOTENV_MALFORMED", `${source}:${line}: a carriage return without a line feed`, {
      hint: "save it with the line ends of Linux or Windows; in a value, write \\r in double quotes",
      line,
    })
  }
  return text
}

function malformed(source: string, what: string, hint?: string): never {
  throw new EnvsealError("DOTENV_MALFORMED", `${source} ${what}`, hint === undefined ? {} : { hint })
}

/**
 * The entries as phpdotenv joins them. It drops in silence what a quote swallows that is never closed or that opens in
 * a comment; here that is a failure.
 */
function joinedOf(text: string, source: string): readonly Joined[] {
  const joined = [...joinLines(text)]
  const lines = text.split(/\r\n|\n|\r/)
  const covered = new Set(joined.flatMap(({ entry, line }) => entry.split("\n").map((_, at) => line + at)))
  const isLost = (line: string, at: number) => !covered.has(at + 1) && !/^[ \t\v]*(?:#|$)/.test(line)
  const lost = lines.findIndex(isLost)
  if (lost < 0) return joined
  const opens = (line: string, at: number) => at <= lost && !covered.has(at + 1) && startsMultiline(line)
  const opening = lines.findLastIndex(opens)
  throw new EnvsealError("DOTENV_MALFORMED", `${source}:${opening + 1}: a quote is not closed`, {
    hint: `close the quote after =" on that line; Laravel would drop line ${lost + 1} in silence`,
    line: opening + 1,
  })
}

function linesOf(joined: readonly Joined[], source: string) {
  try {
    return joined.map((one) => ({ ...one, ...parseReferring(one) }))
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    const place = error.message.replace(/^\.env(?=:)/, () => source)
    throw new EnvsealError("DOTENV_MALFORMED", place, {
      hint: "Laravel refuses the whole file for it; quote a value that has blanks or quotes",
      line: error.line,
    })
  }
}

/**
 * A value that would be too long for a line is given up as soon as it is: references to references can make it longer
 * than any memory.
 */
function resolve(
  value: string,
  references: readonly LiveReference[],
  entries: ReadonlyMap<string, Entry>,
): { readonly text: string; readonly missing: string | null } {
  let text = ""
  let from = 0
  for (const { at, name } of references) {
    const found = entries.get(name)
    if (found === undefined) return { text: value, missing: name }
    text += `${value.slice(from, at)}${found.value.reveal()}`
    if (text.length > maxLineBytes) return { text, missing: null }
    from = at + name.length + 3
  }
  return { text: text + value.slice(from), missing: null }
}

function outside(name: string, missing: string, names: ReadonlySet<string>): Problem {
  const why =
    missing === name
      ? "which is the value itself"
      : names.has(missing)
        ? "which stands further down: move it up"
        : "which the file does not have: write its value, or put the text in single quotes"
  return { code: "OUTSIDE_REFERENCE", name, reason: `takes \${${missing}} from the machine, ${why}` }
}
