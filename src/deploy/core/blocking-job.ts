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
 * Whether a Job of these images does no work, as far as its pods tell: each of them cannot start, or fails again and
 * again. One that is at work is none, whatever its image: it ends, and then the next can start. Nor is one that is slow
 * to begin, since a node gets its image still, or a machine has to come.
 */
export function isStuck({ pods }: BlockingJob, images: Images): boolean {
  return pods.every((pod) => runsImages(pod, images) && cannotRun(pod))
}

function cannotRun(pod: Pod): boolean {
  const found = troubleOfPod(pod)
  return found !== null && found.gravity !== "waiting"
}
