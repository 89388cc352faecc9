import type { CronJob, Pod } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import { troubleOfPod } from "./pod-trouble.ts"
import { isOver, type NamespaceView, runsImages } from "./pods.ts"

/** A Job that a CronJob has started and waits for. */
export interface BlockingJob {
  readonly name: string
  readonly uid: string
  /** Its pods that have not ended. */
  readonly pods: readonly Pod[]
}

/**
 * The Jobs that this CronJob waits for, since it starts none beside another (`concurrencyPolicy: Forbid`). One of which
 * no pod is seen is left out: of that, nothing is known.
 */
export function blockingJobs({ spec, status }: CronJob, { pods }: NamespaceView): readonly BlockingJob[] {
  if (spec.concurrencyPolicy !== "Forbid") return []
  return (status?.active ?? []).flatMap(({ name = "", uid = "" }) => {
    const own = pods.filter(
      (pod) => !isOver(pod) && pod.metadata.ownerReferences?.some((owner) => owner.uid === uid),
    )
    return own.length === 0 ? [] : [{ name, uid, pods: own }]
  })
}

/**
 * Whether a Job of these images does no work, and will not: each of its pods waits to begin, or fails again and again.
 * One that is at work is none, whatever its image: it ends, and then the next can start.
 */
export function isStuck({ pods }: BlockingJob, images: Images): boolean {
  return pods.every((pod) => runsImages(pod, images) && (troubleOfPod(pod) !== null || !hasBegun(pod)))
}

function hasBegun({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  return all.some(({ state }) => state?.running !== undefined || state?.terminated !== undefined)
}
