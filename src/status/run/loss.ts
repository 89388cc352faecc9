import { EnvsealError } from "../../core/error.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { failureOf } from "../../deploy/run/failure.ts"

/** What is told of a cluster that does not answer, and is asked on. */
export function lostFailure(why: string): DeployFailure {
  return failureOf(new EnvsealError("REMOTE_FAILED", `the cluster cannot be seen: ${why}`))
}
