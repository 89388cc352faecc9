import type { PodTrouble } from "./pod-trouble.ts"
import type { Assessment, OwnTrouble } from "./rollout.ts"
import { type Counts, noPods, type Trouble, type Verdict } from "./verdict.ts"

/** When each trouble was first seen, in milliseconds of the run. What is not there any more is forgotten. */
export type Sightings = Readonly<Record<string, number>>

/** How long something must last before it is believed, in milliseconds. */
export const patienceMs = {
  /** What cannot pass by itself. */
  fatal: 10_000,
  /** What a registry or the network can get over, in one pod; in two of them `fatal` is enough. */
  doubtful: 30_000,
  /** A quota or an admission webhook that refuses pods: old pods may make room. */
  refused: 30_000,
} as const

export interface Judgement {
  readonly verdict: Verdict
  readonly sightings: Sightings
}

/**
 * Turns what the objects say into a verdict, by how long they have said so.
 *
 * @param nowMs milliseconds of the run.
 */
export function judge(assessment: Assessment, before: Sightings, nowMs: number): Judgement {
  if (assessment.type === "gone") return { verdict: { type: "gone", counts: noPods }, sightings: {} }
  if (assessment.type === "foreign") return { verdict: assessment, sightings: {} }
  const { counts, waitsFor, note, podTroubles, ownTroubles } = assessment
  if (waitsFor === null) return { verdict: { type: "done", counts, note }, sightings: {} }
  const sightings = see([...podTroubles.map(podKey), ...ownTroubles.map(ownKey)], before, nowMs)
  const lasted = (key: string) => nowMs - (sightings[key] ?? nowMs)
  const doom = doomOf(podTroubles, ownTroubles, lasted)
  if (doom !== null) return { verdict: { type: "doomed", counts, trouble: doom }, sightings }
  return { verdict: progressing(counts, waitsFor, podTroubles, ownTroubles), sightings }
}

function see(keys: readonly string[], before: Sightings, nowMs: number): Sightings {
  return Object.fromEntries(keys.map((key) => [key, before[key] ?? nowMs]))
}

function podKey({ trouble, gravity }: PodTrouble): string {
  return `${gravity} ${trouble.podUid} ${trouble.container}`
}

function ownKey({ reason }: OwnTrouble): string {
  return `own ${reason}`
}

function doomOf(
  podTroubles: readonly PodTrouble[],
  ownTroubles: readonly OwnTrouble[],
  lasted: (key: string) => number,
): Trouble | null {
  const pod = podTroubles.find((one) => isDoom(one, podTroubles, lasted(podKey(one))))
  if (pod !== undefined) return withCount(pod, podTroubles)
  const own = ownTroubles.find((one) => one.final || lasted(ownKey(one)) >= patienceMs.refused)
  if (own === undefined) return null
  if (!own.final) return ofWorkload(own)
  // The controller only says that time is over. A pod can say why, or what keeps pods from being made.
  const [reason] = podTroubles
  if (reason !== undefined) return withCount(reason, podTroubles)
  return ofWorkload(ownTroubles.find(({ final }) => !final) ?? own)
}

function isDoom({ trouble, gravity }: PodTrouble, all: readonly PodTrouble[], lastedMs: number): boolean {
  if (gravity === "waiting") return false
  if (gravity === "fatal") return lastedMs >= patienceMs.fatal
  if (lastedMs >= patienceMs.doubtful) return true
  const image = trouble.restarts === 0 && trouble.exitCode === null
  return image && lastedMs >= patienceMs.fatal && all.filter(sameAs(trouble)).length > 1
}

function sameAs(trouble: PodTrouble["trouble"]): (other: PodTrouble) => boolean {
  return (other) => other.trouble.container === trouble.container && other.gravity === "doubtful"
}

function withCount({ trouble }: PodTrouble, all: readonly PodTrouble[]): Trouble {
  const pods = all.filter(({ trouble: other }) => other.container === trouble.container).length
  return { ...trouble, pods }
}

function ofWorkload({ reason, message }: OwnTrouble): Trouble {
  return { reason, message, pod: null, podUid: null, container: null, exitCode: null, restarts: 0, pods: 0 }
}

function progressing(
  counts: Counts,
  waitsFor: string,
  podTroubles: readonly PodTrouble[],
  ownTroubles: readonly OwnTrouble[],
): Verdict {
  const troubles = [...podTroubles.map((one) => withCount(one, podTroubles)), ...ownTroubles.map(ofWorkload)]
  return { type: "progressing", counts, waitsFor, troubles }
}
