import type { ContainerState, ContainerStatus, Pod } from "../../core/kubernetes.ts"
import { count } from "../../core/text.ts"
import type { Images } from "../../core/workload.ts"
import { runsImages, standingStatuses } from "./pods.ts"

/** How the kubelet lost a container from sight, as when its node started again: that is no crash of the app. */
const lostReasons = ["Unknown", "ContainerStatusUnknown"]

/** How a kubelet says that it ended a pod to have what it took. */
const evictedReason = "Evicted"

export type Ended = NonNullable<ContainerState["terminated"]>

/** True when what ran in it failed, or was killed. A worker that ends with 0 after its time did as it was told. */
export function hasFailed({ exitCode, reason = "" }: Ended): boolean {
  return exitCode !== 0 && !lostReasons.includes(reason)
}

/**
 * A container that failed and was started again by its kubelet, or that was evicted with its pod. What is there in its
 * place may be ready all the same.
 */
export interface Death {
  /** Told apart from any other one, also from one of the same container. */
  readonly key: string
  readonly pod: string
  readonly container: string
  readonly ended: Ended
  /** How long it had run, by its node's clock, in milliseconds; 0 when that is not said. */
  readonly livedMs: number
  /** Whether its pod has the wanted images. */
  readonly wanted: boolean
}

/** The last death of each container of these pods that is to run as long as its pod. */
export function deathsOf(pods: readonly Pod[], images: Images): readonly Death[] {
  return pods.flatMap((pod) => standingStatuses(pod).flatMap((status) => deathOf(pod, status, images) ?? []))
}

function deathOf(pod: Pod, status: ContainerStatus, images: Images): Death | null {
  const ended = endOf(pod, status)
  if (ended === null) return null
  // A restart is counted only once the container is started again: until then, its last death has another count.
  const end = ended.containerID ?? ended.finishedAt ?? status.restartCount
  return {
    key: `${pod.metadata.uid} ${status.name} ${end}`,
    pod: pod.metadata.name,
    container: status.name,
    ended,
    livedMs: lifeMs(ended),
    wanted: runsImages(pod, images),
  }
}

/** How a container died; `null` when it did not. */
function endOf({ status: of }: Pod, { state, lastState }: ContainerStatus): Ended | null {
  const evicted = of?.phase === "Failed" && of.reason === evictedReason ? state?.terminated : undefined
  if (evicted !== undefined) return { ...evicted, reason: evictedReason }
  const last = lastState?.terminated
  return last !== undefined && hasFailed(last) ? last : null
}

/** Of one that was never started, its runtime says that it began before there was Kubernetes: at 0 of the clock. */
function lifeMs({ startedAt = "", finishedAt = "" }: Ended): number {
  const startedMs = Date.parse(startedAt)
  return startedMs > 0 ? Math.max(0, Date.parse(finishedAt) - startedMs || 0) : 0
}

/** These deaths, and what of others is not among them; what was seen once stays, whatever becomes of its pod. */
export function withDeaths(known: readonly Death[], seen: readonly Death[]): readonly Death[] {
  const keys = new Set(known.map(({ key }) => key))
  const more = seen.filter(({ key }) => !keys.has(key))
  return more.length === 0 ? known : [...known, ...more]
}

/** The longest that one of them had lived, in milliseconds; 0 for none. */
export function longestLifeMs(deaths: readonly Death[]): number {
  return Math.max(0, ...deaths.map(({ livedMs }) => livedMs))
}

/** For people, by the one that had lived longest; `null` for none. */
export function deathNote(deaths: readonly Death[]): string | null {
  const [longest, ...others] = deaths.toSorted((one, other) => other.livedMs - one.livedMs)
  if (longest === undefined) return null
  const { container, pod, ended, livedMs } = longest
  const why = [...(ended.reason === undefined ? [] : [ended.reason]), `status ${ended.exitCode}`].join(", ")
  const after = livedMs === 0 ? "" : ` after ${Math.round(livedMs / 1000)} s`
  const alike = others.filter((one) => one.pod !== pod || one.container !== container)
  const containers = new Set(alike.map((one) => `${one.pod} ${one.container}`))
  const more = containers.size === 0 ? "" : `, and ${count(containers.size, "other container")} too`
  const then = ended.reason === evictedReason ? "" : " and was started again"
  return `${container} of ${pod} ended${after} (${why})${then}${more}`
}
