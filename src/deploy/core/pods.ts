import type { Container, Pod, PodTemplate, ReplicaSet, Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"

/** What of a namespace matters for one workload. */
export interface NamespaceView {
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
}

/** The pods that the workload owns, for a Deployment through its ReplicaSets. */
export function podsOf(workload: Workload, { replicaSets, pods }: NamespaceView): readonly Pod[] {
  const owners = new Set([workload.metadata.uid])
  if (workload.kind === "Deployment") {
    for (const { metadata } of replicaSets) {
      if (metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid)) owners.add(metadata.uid)
    }
  }
  return pods.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => owners.has(uid)))
}

/** True when these containers of the pod or template have just these images. */
export function hasImages({ spec }: Pick<PodTemplate, "spec">, images: Images): boolean {
  const containers = allContainers({ spec })
  return Object.entries(images).every(
    ([name, image]) => containers.find((container) => container.name === name)?.image === image,
  )
}

/** The images of these containers, as they are; a container that is not there is left out. */
export function imagesOf({ spec }: Pick<PodTemplate, "spec">, names: readonly string[]): Images {
  return Object.fromEntries(
    allContainers({ spec })
      .filter(({ name }) => names.includes(name))
      .map(({ name, image = "" }) => [name, image]),
  )
}

export function allContainers({ spec }: Pick<PodTemplate, "spec">): readonly Container[] {
  return [...spec.containers, ...(spec.initContainers ?? [])]
}

export function isEnding({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** True once the pod is over: it was evicted, or its work is done. It does not count any more. */
export function isOver({ status }: Pod): boolean {
  return status?.phase === "Failed" || status?.phase === "Succeeded"
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false
}
