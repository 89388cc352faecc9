import { answerIsNo, exitStatusOf } from "../../cli/exit.ts"
import type { EnvironmentStatus } from "../core/status.ts"

/** What `--json` prints: all environments that were asked for, at one moment. */
export interface StatusDocument {
  /** RFC 3339. */
  readonly at: string
  /** False when any environment is false; else `null` when any is `null`. */
  readonly ok: boolean | null
  readonly environments: readonly EnvironmentStatus[]
}

export function documentOf(environments: readonly EnvironmentStatus[], now: Date): StatusDocument {
  const answers = environments.map(({ ok }) => ok)
  const ok = answers.includes(false) ? false : answers.includes(null) ? null : true
  return { at: now.toISOString(), ok, environments }
}

/** 3 when something is wrong, whatever else could not be asked; else the status of the first failure, or 0. */
export function statusOf({ ok, environments }: StatusDocument): number {
  if (ok === false) return answerIsNo
  const [failure] = environments.flatMap(({ failures }) => failures)
  return failure === undefined ? 0 : exitStatusOf[failure.code]
}
