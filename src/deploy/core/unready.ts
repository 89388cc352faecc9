import type { Pod } from "../../core/kubernetes.ts"
import type { View } from "./event.ts"
import { hasImages, isEnding, isOver, isReady, podsOf } from "./pods.ts"
import type { Target } from "./state.ts"
import type { Trouble } from "./verdict.ts"

/**
 * The pod of the wanted images that has waited longest to be ready, as where to look: nothing in its status is wrong, as
 * when a readiness probe fails.
 *
 * @returns `null` when there is none.
 */
export function oldestUnready({ ref, wanted }: Target, view: View | null): Trouble | null {
  const workload = view?.workloads.find(
    ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name,
  )
  if (view === null || workload === undefined) return null
  const [pod] = podsOf(workload, view)
    .filter((one) => hasImages(one, wanted.images) && !isReady(one) && !isEnding(one) && !isOver(one))
    .toSorted((one, other) => createdAtMs(one) - createdAtMs(other))
  return pod === undefined ? null : troubleOfUnready(pod)
}

function createdAtMs({ metadata }: Pod): number {
  return Date.parse(metadata.creationTimestamp ?? "") || 0
}

function troubleOfUnready({ metadata, status }: Pod): Trouble {
  const condition = status?.conditions?.find(({ type }) => type === "Ready")
  const container = status?.containerStatuses?.find(({ ready }) => !ready)
  return {
    reason: condition?.reason ?? "ContainersNotReady",
    message: condition?.message ?? "",
    pod: metadata.name,
    podUid: metadata.uid,
    container: container?.name ?? null,
    exitCode: null,
    restarts: container?.restartCount ?? 0,
    pods: 1,
  }
}
