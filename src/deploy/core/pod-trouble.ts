import type { ContainerStatus, Pod } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import { hasFailed } from "./death.ts"
import { allContainers, isEnding, isOver, isReady } from "./pods.ts"
import type { Trouble } from "./verdict.ts"

/**
 * How sure it is that a container will not start, by the reason it waits for (kubelet's pkg/kubelet/images/types.go
 * and pkg/kubelet/container/sync_result.go).
 */
export type Gravity =
  /** It cannot pass by itself. */
  | "fatal"
  /** It can be a passing fault of a registry, a network or a node. */
  | "doubtful"
  /** It passes when a machine comes. */
  | "waiting"

export interface PodTrouble {
  readonly trouble: Omit<Trouble, "pods">
  readonly gravity: Gravity
  /** Whether a container ended by a failure of what runs in it, now or before. */
  readonly crash: boolean
  /** The image that the node could not get; `null` when it is something else, or the container ran there before. */
  readonly unpulled: string | null
}

/** What a container waits for in vain. */
export const fatalReasons: readonly string[] = [
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]
const pullReasons = ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"]
/** What a container waits for that may come. */
export const doubtfulReasons: readonly string[] = [
  ...pullReasons,
  "CreatePodSandboxError",
  "ConfigPodSandboxError",
]

/** How a container ended that the kernel killed because it took more memory than it may. */
const outOfMemory = "OOMKilled"

/** This many restarts are no accident. */
const patience = 2

/**
 * What `envseal open` leaves as a termination message when trying again cannot help: bad input, no key or access,
 * an envelope that is not for here (exit status 4, 5, 6, and 2 for its command line).
 */
const ownFailure = /^envseal: [A-Z_]+: /
const hopelessStatus = [2, 4, 5, 6]

/** What keeps this pod from being ready; none for a pod that is, or that is only slow. */
export function troubleOfPod(pod: Pod): PodTrouble | null {
  if (isReady(pod) || isEnding(pod) || isOver(pod)) return null
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  for (const status of statuses) {
    const found = troubleOfContainer(pod, status)
    if (found !== null) return found
  }
  return unschedulable(pod)
}

function troubleOfContainer(pod: Pod, status: ContainerStatus): PodTrouble | null {
  const waiting = status.state?.waiting
  const ended = status.state?.terminated ?? status.lastState?.terminated
  const failed = ended !== undefined && hasFailed(ended)
  const neverRan = ended === undefined && status.restartCount === 0
  const of = (reason: string, message: string, gravity: Gravity): PodTrouble => ({
    gravity,
    crash: failed,
    unpulled: neverRan && pullReasons.includes(reason) ? imageOf(pod, status.name) : null,
    trouble: {
      reason,
      message,
      pod: pod.metadata.name,
      podUid: pod.metadata.uid,
      container: status.name,
      exitCode: ended?.exitCode ?? null,
      restarts: status.restartCount,
    },
  })
  const reason = waiting?.reason ?? ""
  if (fatalReasons.includes(reason)) return of(reason, waiting?.message ?? "", "fatal")
  if (doubtfulReasons.includes(reason)) return of(reason, waiting?.message ?? "", "doubtful")
  if (!failed) return null
  const said = ended.message ?? ""
  const hopeless = ownFailure.test(said) && hopelessStatus.includes(ended.exitCode)
  const often = status.restartCount >= patience
  const gravity = hopeless || (often && reason === "CrashLoopBackOff") ? "fatal" : "doubtful"
  const crash = reason === "CrashLoopBackOff" || hopeless || often
  if (!crash) return null
  // What it said before says nothing of why it was killed.
  if (ended.reason === outOfMemory) return of(outOfMemory, memoryText(pod, status.name), gravity)
  return of(reason || ended.reason || "Error", said || (waiting?.message ?? ""), gravity)
}

/** @returns what a container of a pod took too much of; the pod or the node may have a limit where it has none. */
function memoryText(pod: Pod, container: string): string {
  const limit = allContainers(pod).find(({ name }) => name === container)?.resources?.limits?.["memory"]
  return `it took more memory than ${limit === undefined ? "there is for it" : `its limit of ${limit}`}`
}

function imageOf(pod: Pod, container: string): string | null {
  return allContainers(pod).find(({ name }) => name === container)?.image ?? null
}

function unschedulable(pod: Pod): PodTrouble | null {
  const condition = pod.status?.conditions?.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  )
  if (condition === undefined) return null
  const { name, uid } = pod.metadata
  return {
    gravity: "waiting",
    crash: false,
    unpulled: null,
    trouble: {
      reason: "Unschedulable",
      message: condition.message ?? "",
      pod: name,
      podUid: uid,
      container: null,
      exitCode: null,
      restarts: 0,
    },
  }
}

/** A pod on a node that needs a deployed image. */
export interface Pull {
  readonly image: string
  readonly node: string
  /** Whether the node last failed to get it. Otherwise the node has it, is loading it, or will load it. */
  readonly failed: boolean
}

/**
 * What a pod says about these images.
 *
 * @param trouble what keeps the pod from being ready.
 */
export function pullsOf(
  { metadata, spec }: Pod,
  images: Images,
  trouble: PodTrouble | null,
): readonly Pull[] {
  const node = spec.nodeName
  if (node === undefined || isEnding({ metadata, spec })) return []
  return [...new Set(Object.values(images))].map((image) => ({
    image,
    node,
    failed: trouble?.unpulled === image,
  }))
}

/**
 * The images that no node gets: pods on two nodes or more need them, and no pod fares better. So it is not the fault
 * of one node, nor of a registry or kubelet that makes some wait for others; and no node is loading it yet.
 *
 * @param pulls of all workloads that the images were given to.
 */
export function unpullable(pulls: readonly Pull[]): ReadonlySet<string> {
  const byImage = Map.groupBy(pulls, ({ image }) => image)
  return new Set([...byImage].flatMap(([image, all]) => (isNowhere(all) ? [image] : [])))
}

function isNowhere(pulls: readonly Pull[]): boolean {
  return pulls.every(({ failed }) => failed) && new Set(pulls.map(({ node }) => node)).size > 1
}
