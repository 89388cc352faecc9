import { EnvsealError } from "../../core/error.ts"
import { inOrder } from "../../core/in-order.ts"
import type { Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { CheckedTarget, ReleaseImage } from "../core/plan.ts"
import { type Author, demandContainers, plannedPatch } from "./change.ts"
import type { FoundTarget } from "./known.ts"
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

/**
 * Asks the cluster whether it would take the images of a release on every workload: so a rule that refuses one of them is
 * known before the first is changed. What the check found is asked about; a workload is read again only when that is not
 * taken, for somebody may have changed it meanwhile.
 *
 * @throws EnvsealError `PATCH_REFUSED`, `WORKLOAD_UNUSABLE` when a container is gone, and what the cluster throws.
 */
export async function rehearseChange(
  targets: readonly FoundTarget[],
  release: ReleaseImage,
  author: Author,
  cluster: Cluster,
): Promise<void> {
  await inOrder(
    targets.map(async ({ ref, live, workload }) => {
      const to = Object.fromEntries(Object.keys(live).map((name) => [name, release.image]))
      const ask = (seen: Workload) => cluster.rehearse(ref, plannedPatch(seen, to, release, author))
      if (await isTaken(ask(workload))) return
      const now = await cluster.read(ref)
      if (now === null) return
      demandContainers(ref, now, to)
      await ask(now).catch(unlessConflict)
    }),
  )
}

/** @throws EnvsealError when there was no answer. */
function isTaken(asked: Promise<void>): Promise<boolean> {
  return asked.then(
    () => true,
    (error) => {
      if (!(error instanceof EnvsealError) || error.code === "REMOTE_FAILED") throw error
      return false
    },
  )
}

/** Who changed it meanwhile is no matter: the change itself reads it again. */
function unlessConflict(error: unknown): void {
  if (!(error instanceof EnvsealError) || error.code !== "PATCH_CONFLICT") throw error
}
