import {
  type Condition,
  type CronJob,
  type DaemonSet,
  type Deployment,
  type Pod,
  podTemplateOf,
  type StatefulSet,
  type Workload,
} from "../../core/kubernetes.ts"
import { count } from "../../core/text.ts"
import type { Images } from "../../core/workload.ts"
import { blockingJobs } from "./blocking-job.ts"
import { type PodTrouble, type Pull, pullsOf, troubleOfPod } from "./pod-trouble.ts"
import {
  allContainers,
  hasImages,
  isEnding,
  isOver,
  isReady,
  type NamespaceView,
  podsOf,
  runsImages,
  standOf,
} from "./pods.ts"
import { type Counts, noPods } from "./verdict.ts"

/** What a workload was given. */
export interface Wanted {
  readonly images: Images
  /** `metadata.generation` as the server answered it to the patch: what is older says nothing. */
  readonly generation: number
  /**
   * `lastUpdateTime` of a `ProgressDeadlineExceeded` that the workload already had then; `null` without one. Going
   * back to a ReplicaSet that exists keeps the condition of the rollout before until the controller sees progress.
   */
  readonly staleDeadline: string | null
}

/** For a CronJob that has the image: until then, there is nothing to watch. */
export const nextRunNote = "its next run will use it"

/** A trouble of the workload's own controller. */
export interface OwnTrouble {
  readonly reason: string
  readonly message: string
  /** Whether the controller has given up, or may still get over it. */
  readonly final: boolean
}

/** What the objects say at one moment, before time is considered. */
export type Assessment =
  | { readonly type: "gone" }
  | { readonly type: "foreign"; readonly counts: Counts; readonly images: readonly string[] }
  | {
      readonly type: "ours"
      readonly counts: Counts
      /** `null` once everything is proven. */
      readonly waitsFor: string | null
      readonly note: string | null
      readonly podTroubles: readonly PodTrouble[]
      readonly ownTroubles: readonly OwnTrouble[]
      /** How many of its pods have the wanted images. */
      readonly pulls: readonly Pull[]
      /** Its ready pods with the wanted images, each as {@link standOf} tells it. */
      readonly stands: readonly string[]
      /** Pods of another release that are still ending. */
      readonly ending: number
    }

/** What it says about the wanted images. */
export function pullsIn(assessment: Assessment): readonly Pull[] {
  return assessment.type === "ours" ? assessment.pulls : []
}

/**
 * Reads how far a rollout is. Proven means more than `kubectl rollout status` asks for: the generation is observed,
 * the controller counts every replica as updated and available, and the pods themselves have the wanted images, are
 * ready, and have no other pod beside them.
 *
 * @param workload `null` when it is not there.
 */
export function assess(workload: Workload | null, around: NamespaceView, wanted: Wanted): Assessment {
  if (workload === null || workload.metadata.deletionTimestamp !== undefined) return { type: "gone" }
  const pods = podsOf(workload, around).filter((pod) => !isOver(pod))
  const generation = workload.metadata.generation ?? 0
  // An older view than the patch: the images it has are those of before.
  if (generation < wanted.generation) return early(workload, pods, wanted)
  if (!hasImages(podTemplateOf(workload), wanted.images)) {
    const names = Object.keys(wanted.images)
    const images = allContainers(podTemplateOf(workload))
      .filter(({ name, image }) => names.includes(name) && image !== wanted.images[name])
      .map(({ image }) => image ?? "")
    return { type: "foreign", counts: countPods(pods, wanted.images, totalOf(workload)), images }
  }
  return assessOurs(workload, pods, around, wanted)
}

function early(workload: Workload, pods: readonly Pod[], wanted: Wanted): Assessment {
  return {
    type: "ours",
    counts: countPods(pods, wanted.images, totalOf(workload)),
    waitsFor: "the change to be seen",
    note: null,
    podTroubles: [],
    ownTroubles: [],
    pulls: [],
    stands: [],
    ending: 0,
  }
}

function assessOurs(
  workload: Workload,
  pods: readonly Pod[],
  around: NamespaceView,
  wanted: Wanted,
): Assessment {
  if (workload.kind === "CronJob") return assessCronJob(workload, around, wanted)
  const counts = countPods(pods, wanted.images, totalOf(workload))
  const ours = pods.filter((pod) => runsImages(pod, wanted.images))
  const looks = ours.map((pod) => ({ pod, trouble: troubleOfPod(pod) }))
  const podTroubles = looks.flatMap(({ trouble }) => trouble ?? [])
  const pulls = looks.flatMap(({ pod, trouble }) => pullsOf(pod, wanted.images, trouble))
  const waitsFor = controllerWaitsFor(workload) ?? podsWaitFor(counts)
  const ownTroubles = workload.kind === "Deployment" ? troublesOfDeployment(workload, wanted) : []
  const ending = endingPods(workload, pods, wanted.images)
  const note = noteOf(counts, ending)
  const stands = ours.filter(isReady).map(standOf)
  return { type: "ours", counts, waitsFor, note, podTroubles, ownTroubles, pulls, stands, ending }
}

function noteOf({ total }: Counts, ending: number): string | null {
  if (total === 0) return "it has no pods: nothing is proven but that it would start this image"
  return ending === 0 ? null : `${count(ending, "old pod")} still ${ending === 1 ? "ends" : "end"}`
}

/** A Deployment counts the pods that end, where the server is new enough (`terminatingReplicas`). */
function endingPods(workload: Workload, pods: readonly Pod[], images: Images): number {
  const seen = pods.filter((pod) => isEnding(pod) && !runsImages(pod, images)).length
  const counted = workload.kind === "Deployment" ? (workload.status?.terminatingReplicas ?? 0) : 0
  return Math.max(seen, counted)
}

/** Nothing of it runs until its next time. */
function assessCronJob(workload: CronJob, around: NamespaceView, { images }: Wanted): Assessment {
  const blocking = blockingJobs(workload, around).find(({ pods }) =>
    pods.some((pod) => !runsImages(pod, images)),
  )
  const note =
    blocking === undefined
      ? workload.spec.suspend === true
        ? "it is suspended"
        : nextRunNote
      : `its Job ${blocking.name} has another image, and until that has ended no other starts (Forbid): kubectl delete job ${blocking.name}`
  return {
    type: "ours",
    counts: noPods,
    waitsFor: null,
    note,
    podTroubles: [],
    ownTroubles: [],
    pulls: [],
    stands: [],
    ending: 0,
  }
}

function totalOf(workload: Workload): number {
  switch (workload.kind) {
    case "Deployment":
    case "StatefulSet":
      return workload.spec.replicas ?? 1
    case "DaemonSet":
      return workload.status?.desiredNumberScheduled ?? 0
    case "CronJob":
      return 0
  }
}

function countPods(pods: readonly Pod[], images: Images, total: number): Counts {
  const staying = pods.filter((pod) => !isEnding(pod))
  const updated = staying.filter((pod) => runsImages(pod, images))
  const old = staying.length - updated.length
  return { total, updated: updated.length, ready: updated.filter(isReady).length, old }
}

/** What `kubectl rollout status` would wait for; `null` when it would be done. */
function controllerWaitsFor(workload: Deployment | StatefulSet | DaemonSet): string | null {
  const observed = workload.status?.observedGeneration ?? 0
  if (observed < (workload.metadata.generation ?? 0)) return "its controller to see the change"
  switch (workload.kind) {
    case "Deployment":
      return deploymentWaitsFor(workload)
    case "StatefulSet":
      return statefulSetWaitsFor(workload)
    case "DaemonSet":
      return daemonSetWaitsFor(workload)
  }
}

function deploymentWaitsFor({ spec, status = {} }: Deployment): string | null {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  const wanted = spec.replicas ?? 1
  if (updatedReplicas < wanted) return `${count(wanted - updatedReplicas, "more new pod")}`
  if (replicas > updatedReplicas) return `${count(replicas - updatedReplicas, "old pod")} to end`
  if (availableReplicas < updatedReplicas) {
    return `${count(updatedReplicas - availableReplicas, "new pod")} to be available`
  }
  return null
}

function statefulSetWaitsFor({ spec, status = {} }: StatefulSet): string | null {
  const {
    readyReplicas = 0,
    updatedReplicas = 0,
    availableReplicas,
    currentRevision,
    updateRevision,
  } = status
  const wanted = spec.replicas ?? 1
  if (updateRevision !== currentRevision && updatedReplicas < wanted) {
    return `${count(wanted - updatedReplicas, "more new pod")}`
  }
  if (readyReplicas < wanted) return `${count(wanted - readyReplicas, "pod")} to be ready`
  if ((availableReplicas ?? readyReplicas) < wanted) {
    return `${count(wanted - (availableReplicas ?? 0), "pod")} to be available`
  }
  return updateRevision === currentRevision ? null : "its controller to finish the revision"
}

function daemonSetWaitsFor({ status = {} }: DaemonSet): string | null {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status
  if (updatedNumberScheduled < desiredNumberScheduled) {
    return `${count(desiredNumberScheduled - updatedNumberScheduled, "more new pod")}`
  }
  if (numberAvailable < desiredNumberScheduled) {
    return `${count(desiredNumberScheduled - numberAvailable, "pod")} to be available`
  }
  return null
}

/** What the pods themselves still lack, whatever the controller says. */
function podsWaitFor({ total, updated, ready, old }: Counts): string | null {
  if (old > 0) return `${count(old, "old pod")} to end`
  if (updated < total) return `${count(total - updated, "more new pod")}`
  if (ready < total) return `${count(total - ready, "new pod")} to be ready`
  return null
}

function troublesOfDeployment({ metadata, status }: Deployment, wanted: Wanted): readonly OwnTrouble[] {
  const observed = status?.observedGeneration ?? 0
  if (observed < (metadata.generation ?? 0)) return []
  return (status?.conditions ?? []).flatMap((condition) => {
    if (isDeadlineExceeded(condition)) {
      return condition.lastUpdateTime === wanted.staleDeadline ? [] : [ownTrouble(condition, true)]
    }
    if (condition.type === "ReplicaFailure" && condition.status === "True")
      return [ownTrouble(condition, false)]
    return []
  })
}

function isDeadlineExceeded({ type, reason }: Condition): boolean {
  return type === "Progressing" && reason === "ProgressDeadlineExceeded"
}

/** When the workload's rollout was given up, by the controller's clock; `null` when it was not. */
export function deadlineOf(workload: Workload): string | null {
  if (workload.kind !== "Deployment") return null
  return workload.status?.conditions?.find(isDeadlineExceeded)?.lastUpdateTime ?? null
}

function ownTrouble({ type, reason, message }: Condition, final: boolean): OwnTrouble {
  return { reason: reason ?? type, message: message ?? "", final }
}
