import { rawString } from "../../adapters/node/raw-text.ts"
import { nodeSurroundings } from "../../adapters/node/surroundings.ts"
import type { CommandLog } from "../../cli/log.ts"
import type { Secret } from "../../core/secret.ts"
import type { RawVariables } from "../../ports/runtime.ts"
import { judgeReading, readingFailure, readingWarning } from "../core/judge-reading.ts"
import { type Delivery, readingFacts } from "../run/reading-facts.ts"

/** What reads what is opened, as far as it is known here. */
export interface Started {
  readonly command: readonly string[] | null
  readonly variables: RawVariables
  readonly log: CommandLog
}

/**
 * Whether the app gets what is opened for it, before anything is written.
 *
 * @param file the one to write; `null` where the values are given as variables.
 * @throws EnvsealError `OPENED_IN_VAIN`.
 */
export function checkReading(
  values: ReadonlyMap<string, Secret>,
  file: Delivery["file"],
  { command, variables, log }: Started,
): void {
  const inherited: Record<string, string> = Object.create(null)
  for (const [name, value] of variables) inherited[rawString(name)] = rawString(value)
  const problems = judgeReading(readingFacts({ file, command, values, inherited }, nodeSurroundings))
  for (const problem of problems) {
    if (problem.verdict === "warned") log.warn(readingWarning(problem))
  }
  const failure = readingFailure(problems, command?.[0] ?? "the app")
  if (failure !== null) throw failure
}
