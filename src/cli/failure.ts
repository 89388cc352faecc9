import { writeStderr } from "../adapters/node/standard-streams.ts"
import { EnvsealError, type Problem } from "../core/error.ts"
import { escapeJson, printable } from "../core/text.ts"
import { bugAddress, version } from "../core/version.ts"
import { errorLabel, hintLabel, say } from "./log.ts"
import { wrap } from "./wrap.ts"

const maxShownProblems = 100
/** More than any message has. */
const maxLength = 10_000

/** Prints a failure: for a person on several lines, or with `--json` as one JSON object on standard error. */
export function reportFailure(error: EnvsealError, json: boolean): void {
  if (json) {
    const { code, message, hint, problems } = error
    writeStderr(`${escapeJson(JSON.stringify({ error: { code, message, hint, problems } }))}\n`)
    return
  }
  // The last guard, whatever a part of a message comes from.
  const [message, hint] = [error.message, error.hint ?? ""].map((text) => printable(text, maxLength))
  say(`${errorLabel()} ${fitted(`${message} [${error.code}]`)}`)
  for (const problem of error.problems.slice(0, maxShownProblems))
    say(fitted(`  ${formatProblem(problem)}`, "envseal: "))
  const hidden = error.problems.length - maxShownProblems
  if (hidden > 0) say(`  and ${hidden} more`)
  if (hint) say(`${hintLabel()} ${fittedHint(hint)}`)
}

/** On a terminal a text is broken between words. */
function fitted(text: string, label = "envseal: error: "): string {
  const { columns } = process.stderr
  if (!columns) return text
  return wrap(`${label}${text}`, columns, "  ").join("\n").slice(label.length)
}

/** A hint ends in a command or in what to write, after a colon. That is to be copied, and not broken. */
function fittedHint(hint: string): string {
  const at = hint.lastIndexOf(": ") + 2
  const whole = at < 2 ? hint : hint.slice(0, at) + hint.slice(at).replaceAll(" ", "\u00a0")
  return fitted(whole, "envseal: hint: ").replaceAll("\u00a0", " ")
}

export function formatProblem({ code, name, reason }: Problem): string {
  return `${name === "" ? '""' : printable(name)} ${reason} [${code}]`
}

/** A failure in one line, for a pod's status. */
export function failureLine(error: unknown): string {
  if (!(error instanceof EnvsealError)) return "envseal: BUG: internal error"
  return `envseal: ${error.code}: ${error.message}`
}

/**
 * Prints what is needed to find a bug, and nothing that could hold a value: no message, no source line, no
 * object. An exception's message may quote whatever the code was working on.
 */
export function reportBug(error: unknown): void {
  const kind = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "unknown error"
  say(`${errorLabel()} internal error, a bug in envseal ${version} (${kind}) [BUG]`)
  for (const frame of framesOf(error)) say(`  ${frame}`)
  say(`${hintLabel()} ${bugHint(bugAddress)}`)
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
