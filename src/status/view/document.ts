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

/**
 * The status for `--exit-stale`, which asks for the secrets alone: 3 when one is stale; else that of the first failure;
 * else 3 when nothing says of a workload what is sealed in it, or 0.
 */
export function staleStatusOf({ environments }: StatusDocument): number {
  const states = environments.flatMap(({ workloads }) => workloads.map(({ secret }) => secret.state))
  if (states.includes("stale")) return answerIsNo
  const [failure] = environments.flatMap(({ failures }) => failures)
  if (failure !== undefined) return exitStatusOf[failure.code]
  return environments.some((status) => unknownSecrets(status).length > 0) ? answerIsNo : 0
}

/** The workloads of which nothing says what is sealed in them, though everything could be asked. */
export function unknownSecrets({ workloads, secrets, failures }: EnvironmentStatus): readonly string[] {
  if (secrets.length === 0 || failures.length > 0) return []
  return workloads.filter(({ secret }) => secret.state === "unknown").map(({ workload }) => workload)
}
