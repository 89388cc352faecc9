import type {
  Container,
  ContainerStatus,
  Pod,
  PodSpec,
  PodTemplate,
  ReplicaSet,
  Workload,
} from "../../core/kubernetes.ts"
import { type Images, sameImage } from "../../core/workload.ts"

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

/** True when these containers of the template have just these images. */
export function hasImages(template: Pick<PodTemplate, "spec">, images: Images): boolean {
  return everyContainer(template, images, sameImage)
}

/**
 * True when these containers of the pod have just these images, though a webhook may have given them by the name of a
 * mirror: without a digest, an image is known by the end of its name then.
 */
export function runsImages(pod: Pick<Pod, "spec">, images: Images): boolean {
  return everyContainer(pod, images, (one, other) => sameImage(one, other) || sameEnd(one, other))
}

function everyContainer(
  { spec }: Pick<PodTemplate, "spec">,
  images: Images,
  same: (one: string, other: string) => boolean,
): boolean {
  const containers = allContainers({ spec })
  return Object.entries(images).every(([name, image]) =>
    containers.some((container) => container.name === name && same(container.image ?? "", image)),
  )
}

function sameEnd(one: string, other: string): boolean {
  const end = (image: string) => image.slice(image.lastIndexOf("/") + 1)
  return !one.includes("@") && !other.includes("@") && end(one) === end(other)
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

/** The containers that run as long as their pod: sidecars among the init containers too (`restartPolicy: Always`). */
export function standingContainers({ containers, initContainers = [] }: PodSpec): readonly Container[] {
  return [...containers, ...initContainers.filter((one) => one["restartPolicy"] === "Always")]
}

/** What is said of {@link standingContainers}. */
export function standingStatuses({ spec, status }: Pod): readonly ContainerStatus[] {
  const { containerStatuses = [], initContainerStatuses = [] } = status ?? {}
  if (initContainerStatuses.length === 0) return containerStatuses
  const names = standingContainers(spec).map(({ name }) => name)
  return [...containerStatuses, ...initContainerStatuses.filter(({ name }) => names.includes(name))]
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

/** A ready pod as it stands: another text once it was not ready meanwhile, or a container was started again. */
export function standOf(pod: Pod): string {
  const since = pod.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? ""
  const restarts = standingStatuses(pod).map(({ restartCount }) => restartCount)
  return `${pod.metadata.uid} ${since} ${restarts.join(",")}`
}
