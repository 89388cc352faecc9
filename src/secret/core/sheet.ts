import type { Secret } from "../../core/secret.ts"
import { printable } from "../../core/text.ts"
import { lineOfName } from "../../dotenv/name-line.ts"

/** How a secret stands in the file that is edited. */
export type SheetFormat = "dotenv" | "json"

/** Something to tell above a line, or at the top. */
export interface Remark {
  /** From 1; `null` for the top. */
  readonly line: number | null
  readonly text: string
  /** A line to show as it is beneath the text, where it can be one of a comment; it may hold a value. */
  readonly quoted?: Secret
}

/** A text to edit, and the line to begin at. */
export interface Sheet {
  readonly text: string
  /** From 1; `null` where there is nothing to look at first. */
  readonly line: number | null
}

const marks: Readonly<Record<SheetFormat, string>> = { dotenv: "# envseal: ", json: "// envseal: " }

/** As wide as a terminal is at least. */
const columns = 80

/**
 * Puts remarks above the lines that they are about, as comments that change no value. Remarks of before are taken out.
 *
 * @param before the text of the sheet that was edited; only its comments are taken out, so that none that somebody
 * wrote is.
 */
export function remarkedSheet(
  text: string,
  format: SheetFormat,
  {
    top,
    remarks,
    before,
  }: { readonly top: readonly string[]; readonly remarks: readonly Remark[]; readonly before: string },
): Sheet {
  const old = new Set(before.split("\n").filter((line) => line.startsWith(marks[format])))
  const above = new Map(remarks.map(({ line }) => [line, [] as string[]]))
  for (const { line, text: told, quoted } of remarks) {
    above.get(line)?.push(...commentLines(told, format), ...quotedLines(quoted, format))
  }
  const lines = [...top.flatMap((told) => commentLines(told, format)), ...(above.get(null) ?? [])]
  let first: number | null = null
  for (const [at, line] of text.split("\n").entries()) {
    const told = above.get(at + 1) ?? []
    lines.push(...told)
    if (!old.has(line)) lines.push(line)
    if (told.length > 0) first ??= lines.length
  }
  return { text: lines.join("\n"), line: first }
}

/** A comment that no reader takes for more: phpdotenv lets a `="` in a comment open a quote. */
function commentLines(told: string, format: SheetFormat): string[] {
  const mark = marks[format]
  const safe = printable(told, 1_000).replaceAll('="', '= "').replaceAll("\n", " ")
  const lines: string[] = []
  for (const word of safe.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${mark}${word}`)
  }
  return lines
}

function quotedLines(quoted: Secret | undefined, format: SheetFormat): string[] {
  const line = quoted?.reveal() ?? ""
  return line === "" || /[\r\n]|="/.test(line) ? [] : [`${marks[format]}  ${line}`]
}

/** The text without what a parser of the format would not take: JSON has no comments. Lines keep their numbers. */
export function parseableText(text: string, format: SheetFormat): string {
  if (format === "dotenv") return text
  return text
    .split("\n")
    .map((line) => (line.startsWith(marks.json) ? "" : line))
    .join("\n")
}

/** Whether there is nothing in it but blanks and comments: somebody wants to leave. */
export function isEmptied(text: string, format: SheetFormat): boolean {
  const lines = parseableText(text, format).split("\n")
  return lines.every((line) => /^\s*(?:#.*)?$/.test(line))
}

/** More than a person mends before the next look, and few enough to search the text for each. */
const maxProblems = 20

/** A failure as it is told in the file. */
export interface Mistake {
  readonly message: string
  readonly hint: string | undefined
  readonly line: number | null
  readonly problems: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * What is told of a mistake, each part where it belongs.
 *
 * @param source what the text is called in the message: with its line there, that begins the message.
 */
export function mistakeRemarks(
  mistake: Mistake,
  text: string,
  format: SheetFormat,
  source: string,
): readonly Remark[] {
  const { message, hint, line, problems } = mistake
  if (problems.length > 0) {
    const parseable = parseableText(text, format)
    const told = problems.slice(0, maxProblems).map(({ name, reason }) => ({
      line: lineOfName(parseable, format, name),
      text: `${printable(name)} ${reason}`,
    }))
    const hidden = problems.length - told.length
    return hidden > 0 ? [...told, { line: null, text: `There are ${hidden} more mistakes.` }] : told
  }
  const place = `${source}:${line}: `
  const told = message.startsWith(place) ? message.slice(place.length) : message
  return [{ line, text: hint === undefined ? told : `${told}; ${hint}` }]
}
