import { writeStderr } from "../adapters/node/standard-streams.ts"
import { EnvsealError, type Problem } from "../core/error.ts"
import { jsonText, printable } from "../core/text.ts"
import { bugAddress, version } from "../core/version.ts"
import { bold, red } from "./colour.ts"
import { withoutBreaks } from "./hint.ts"
import { type Label, longestLine, noLabel, say, sayFitted } from "./log.ts"

const maxShownProblems = 100
/** In the one line of a pod's status. */
const maxToldProblems = 3

const errorLabel: Label = { text: "error: ", colour: red }
const hintLabel: Label = { text: "hint: ", colour: bold }

/** Prints a failure: for a person on several lines, or with `--json` as one JSON object on standard error. */
export function reportFailure(error: EnvsealError, json: boolean): void {
  if (json) writeStderr(`${failureJson(error)}\n`)
  else tellFailure(error)
}

function failureJson({ code, message, hint, problems }: EnvsealError): string {
  const short = message.length > longestLine ? `${message.slice(0, longestLine)}…` : message
  return jsonText({ error: { code, message: short, hint, problems } })
}

function tellFailure({ code, message, hint, problems }: EnvsealError): void {
  sayFitted(`${printable(message, longestLine)} [${code}]`, errorLabel)
  for (const problem of problems.slice(0, maxShownProblems)) sayFitted(`  ${formatProblem(problem)}`, noLabel)
  const hidden = problems.length - maxShownProblems
  if (hidden > 0) say(`  and ${hidden} more`)
  if (hint) sayFitted(withoutBreaks(printable(hint, longestLine)), hintLabel)
}

export function formatProblem({ code, name, reason }: Problem): string {
  return `${name === "" ? '""' : printable(name)} ${printable(reason, longestLine)} [${code}]`
}

/** A failure in one line, for a pod's status. */
export function failureLine(error: unknown): string {
  if (!(error instanceof EnvsealError)) return "envseal: BUG: internal error"
  const { code, message, problems } = error
  const told = problems.slice(0, maxToldProblems).map((problem) => `; ${formatProblem(problem)}`)
  return `envseal: ${code}: ${printable(message, longestLine)}${told.join("")}`
}

/**
 * Prints what is needed to find a bug, and nothing that could hold a value: no message, no source line, no
 * object. An exception's message may quote whatever the code was working on.
 */
export function reportBug(error: unknown): void {
  const kind = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "unknown error"
  sayFitted(`internal error, a bug in envseal ${version} (${kind}) [BUG]`, errorLabel)
  for (const frame of framesOf(error)) say(`  ${frame}`)
  sayFitted(bugHint(bugAddress), hintLabel)
}

/** @param address `null` when the package names none: an address that nobody reads must not be made up. */
export function bugHint(address: string | null): string {
  const where = address === null ? "to the people who gave you envseal" : `at ${address}`
  return `please report these lines ${where}; no value is in them`
}

/** Function, file and line of each frame. The message that a stack begins with is dropped. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error && typeof error.stack === "string" ? error.stack : ""
  return stack
    .split("\n")
    .flatMap((line) => {
      const [, place] = /^\s+at (?:.*[ (/])?([\w.@-]+\.[jt]s:\d+:\d+)\)?$/.exec(line) ?? []
      return place === undefined ? [] : [`at ${place}`]
    })
    .slice(0, 8)
}
