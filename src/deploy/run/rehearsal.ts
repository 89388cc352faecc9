import { EnvsealError } from "../../core/error.ts"
import type { Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import type { CheckedTarget, ReleaseImage } from "../core/plan.ts"
import { plannedPatch } from "./change.ts"
import type { DeployPorts } from "./ports.ts"
import { homeOf } from "./request.ts"

/** What a change is written down with. */
export interface Rehearsal {
  readonly settings: Parameters<typeof homeOf>[0]
  readonly by: string
  readonly token: string
}

/**
 * Asks the cluster whether it would take a change as this run makes it, with the image that runs now.
 *
 * @returns why not; `null` when it would.
 * @throws EnvsealError what the cluster throws, but a refusal.
 */
export async function rehearse(
  workload: Workload,
  { ref, live }: CheckedTarget,
  { settings, by, token }: Rehearsal,
  { cluster, clock }: Pick<DeployPorts, "cluster" | "clock">,
): Promise<string | null> {
  const nothing = { after: null, mixed: false, unproven: new Set<string>() }
  const author = { home: homeOf(settings), by, run: token, ...nothing, now: clock.now() }
  try {
    await cluster.rehearse(ref, plannedPatch(workload, live, rehearsed(live), author))
    return null
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    // Somebody else was at it just now; the change itself reads it again.
    if (error.code === "PATCH_CONFLICT") return null
    if (error.code !== "PATCH_REFUSED") throw error
    return `cannot be changed: ${error.message}`
  }
}

/** As much as a release has to be written down of. */
function rehearsed(live: Images): ReleaseImage {
  const [image = ""] = Object.values(live)
  return { image, build: null, commit: null, secretVersion: null, sealedAt: null }
}
