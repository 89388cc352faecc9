import type { ContainerState, ContainerStatus, Pod } from "../../core/kubernetes.ts"
import { count } from "../../core/text.ts"
import type { Images } from "../../core/workload.ts"
import { runsImages } from "./pods.ts"

/** How the kubelet lost a container from sight, as when its node started again: that is no crash of the app. */
const lostReasons = ["Unknown", "ContainerStatusUnknown"]

export type Ended = NonNullable<ContainerState["terminated"]>

/** True when what ran in it failed, or was killed. A worker that ends with 0 after its time did as it was told. */
export function hasFailed({ exitCode, reason = "" }: Ended): boolean {
  return exitCode !== 0 && !lostReasons.includes(reason)
}

/** A container that failed and was started again by its kubelet. Its pod may be ready all the same. */
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

/** The last death of each container of these pods. */
export function deathsOf(pods: readonly Pod[], images: Images): readonly Death[] {
  return pods.flatMap((pod) =>
    (pod.status?.containerStatuses ?? []).flatMap((status) => deathOf(pod, status, images) ?? []),
  )
}

function deathOf(pod: Pod, { name, restartCount, lastState }: ContainerStatus, images: Images): Death | null {
  const ended = lastState?.terminated
  if (ended === undefined || !hasFailed(ended)) return null
  return {
    key: `${pod.metadata.uid} ${name} ${restartCount}`,
    pod: pod.metadata.name,
    container: name,
    ended,
    livedMs: lifeMs(ended),
    wanted: runsImages(pod, images),
  }
}

function lifeMs({ startedAt = "", finishedAt = "" }: Ended): number {
  return Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt) || 0)
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
  const more = others.length === 0 ? "" : `, and ${count(others.length, "other container")} too`
  return `${container} of ${pod} ended${after} (${why}) and was started again${more}`
}
