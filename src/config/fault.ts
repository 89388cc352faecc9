import { EnvsealError, type ProblemCode } from "../core/error.ts"
import { count, printable } from "../core/text.ts"
import type { Place } from "./node.ts"

/** One mistake in the settings, and where it is. */
export interface Fault {
  readonly code: Extract<ProblemCode, "UNKNOWN_SETTING" | "MISSING_SETTING" | "BAD_SETTING">
  readonly place: Place
  /** What is wrong and what to write instead. */
  readonly reason: string
}

/** `envseal.yaml:12:7`. */
export function placeText(file: string, { line, column }: Place): string {
  return `${printable(file)}:${line}:${column}`
}

/** All faults of a file as one error, in the order of the file, each once. */
export function configMalformed(file: string, faults: readonly Fault[]): EnvsealError {
  const sorted = [...faults].sort(
    (one, other) => one.place.line - other.place.line || one.place.column - other.place.column,
  )
  const problems = sorted.map(({ code, place, reason }) => ({ code, name: placeText(file, place), reason }))
  const unique = new Map(problems.map((problem) => [`${problem.name} ${problem.reason}`, problem]))
  return new EnvsealError("CONFIG_MALFORMED", `${printable(file)} has ${count(unique.size, "mistake")}`, {
    problems: [...unique.values()],
    hint: "correct these places; docs/config.md has every setting",
  })
}
