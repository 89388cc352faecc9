import { mayPass } from "../core/again.ts"
import type { DeployFailure } from "../core/plan.ts"
import { failureOf } from "./failure.ts"
import type { LockGuard } from "./fence.ts"
import type { DeployPorts } from "./ports.ts"

/** How soon what could not be deleted is deleted again, in milliseconds. */
const lookAgainMs = 2_000

export interface Deletion {
  readonly kind: "pod" | "job"
  readonly name: string
  readonly uid: string
  readonly guard: LockGuard
}

/**
 * Deletes it, again and again until it is done or refused: without it, a workload may not come back.
 *
 * @returns why it was refused; `null` when it is done, or the run is over.
 */
export async function deleteSoon(
  { kind, name, uid, guard }: Deletion,
  { cluster, log, timer }: DeployPorts,
  signal: AbortSignal,
): Promise<DeployFailure | null> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      await guard((fence) =>
        kind === "pod" ? cluster.deletePod(name, uid, fence) : cluster.deleteJob(name, uid, fence),
      )
      return null
    } catch (error) {
      const failure = failureOf(error)
      if (!told) log.warn(`${kind} ${name} could not be deleted: ${failure.message}`)
      if (!mayPass(failure)) return failure
    }
    await timer.sleep(lookAgainMs, signal)
  }
  return null
}
