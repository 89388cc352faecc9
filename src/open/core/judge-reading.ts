import { EnvsealError } from "../../core/error.ts"
import { printableCommand } from "../../core/text.ts"
import { judgeAccess } from "./judge-access.ts"
import { judgeEnvironment } from "./judge-environment.ts"
import { judgeLaravel } from "./judge-laravel.ts"
import type { ReadingFacts, ReadingProblem } from "./reading.ts"

/** Everything that would keep an app from what is opened for it. */
export function judgeReading(facts: ReadingFacts): readonly ReadingProblem[] {
  return [...judgeAccess(facts), ...judgeLaravel(facts), ...judgeEnvironment(facts)]
}

/** A problem that does not stop `open`, on one line. */
export function readingWarning({ code, name, reason, remedy }: ReadingProblem): string {
  return `${name} ${reason} [${code}]: ${remedy}`
}

/** @param command its first word. @returns `null` when nothing is refused. */
export function readingFailure(problems: readonly ReadingProblem[], command: string): EnvsealError | null {
  const refused = problems.filter(({ verdict }) => verdict === "refused")
  if (refused.length === 0) return null
  return new EnvsealError(
    "OPENED_IN_VAIN",
    `${printableCommand(command)} would not get what is opened for it`,
    {
      problems: refused.map(({ code, name, reason }) => ({ code, name, reason })),
      hint: [...new Set(refused.map(({ remedy }) => remedy))].join("; "),
    },
  )
}
