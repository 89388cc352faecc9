import type { Problem } from "../core/error.ts"
import { encodeValue } from "./encode.ts"
import type { Entry } from "./entry.ts"
import { type Dialect, readDotenv } from "./read.ts"

/**
 * The longest `NAME=value` in bytes. Laravel puts every value in its environment, and one byte more makes
 * every later `exec` of that PHP process fail (Linux, MAX_ARG_STRLEN less the final NUL).
 */
export const maxLineBytes = 131_071

/** A `.env` text, or every name that it could not carry. */
export type Written =
  | { readonly text: string; readonly problems: readonly [] }
  | { readonly text: null; readonly problems: readonly Problem[] }

/**
 * Writes entries as `.env` text for Laravel, and proves it: the text is read back by an independent reader, in
 * both dialects of phpdotenv 5, and every value must return byte for byte with nothing beside it.
 *
 * The file has one line for each entry, LF line ends, a final LF, and no comments, blank lines or byte order
 * mark: each of these breaks some reader (docs/format.md, "The file").
 *
 * @throws Error when the proof fails without a name at fault, which is a bug in the writer.
 */
export function writeDotenv(entries: readonly Entry[]): Written {
  const problems: Problem[] = []
  const lines: string[] = []
  for (const entry of entries) {
    const line = writeLine(entry)
    if (typeof line === "string") lines.push(line)
    else problems.push(line)
  }
  if (problems.length > 0) return { text: null, problems }
  const text = lines.join("")
  if (!comesBack(text, entries)) throw new Error("the written .env does not read back as it should")
  return { text, problems: [] }
}

function writeLine(entry: Entry): string | Problem {
  const { name } = entry
  const value = entry.value.reveal()
  const problem = lineProblem(name, value)
  if (problem !== null) return problem
  const encoded = encodeValue(value)
  if ("refusal" in encoded) return { code: "UNREPRESENTABLE_VALUE", name, reason: encoded.refusal }
  const line = `${name}=${encoded.text}\n`
  if (!comesBack(line, [entry])) {
    return { code: "UNREPRESENTABLE_VALUE", name, reason: "does not come back from phpdotenv before 5.5" }
  }
  return line
}

/** Why a name and its value are too much for one line, or `null`. */
export function lineProblem(name: string, value: string): Problem | null {
  // UTF-8 has at most three bytes for a unit of UTF-16: most lines need no counting.
  if (3 * (name.length + 1 + value.length) <= maxLineBytes) return null
  if (Buffer.byteLength(`${name}=${value}`) <= maxLineBytes) return null
  const reason = `is longer than ${maxLineBytes} bytes with its name, which stops PHP from starting programs`
  return { code: "VALUE_TOO_LONG", name, reason }
}

function comesBack(text: string, entries: readonly Entry[]): boolean {
  const dialects: readonly Dialect[] = ["5.4", "5.5"]
  return dialects.every((dialect) => {
    const lines = readDotenv(text, dialect)
    return (
      lines.length === entries.length &&
      entries.every((entry, at) => {
        const line = lines[at]
        return line?.name === entry.name && line.value === entry.value.reveal() && !line.interpolates
      })
    )
  })
}
