import { EnvsealError } from "../../core/error.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { failureOf } from "../../deploy/run/failure.ts"

/**
 * What is told of a cluster that does not answer, and is asked on.
 *
 * @param name what the user calls it, where that is not said beside it.
 */
export function lostFailure(why: string, name?: string): DeployFailure {
  const which = name === undefined ? "the cluster" : `the cluster ${name}`
  return failureOf(
    new EnvsealError("REMOTE_FAILED", `${which} cannot be seen: ${why}`, {
      hint: "is it up, and can it be reached from here (VPN, proxy)? kubectl cluster-info",
    }),
  )
}
