import type { PodTrouble } from "./pod-trouble.ts"
import type { Assessment, OwnTrouble } from "./rollout.ts"
import { type Counts, noPods, type Trouble, type Verdict } from "./verdict.ts"

/**
 * When each trouble was first seen, in milliseconds of the run, and since when a crash is not seen. What is not there
 * any more is forgotten, but for crashes: between two of them a container runs for a moment, and may be ready.
 */
export type Sightings = Readonly<Record<string, number>>

/** How long something must last before it is believed, in milliseconds. */
export const patienceMs = {
  /** Troubles that cannot pass by themselves. */
  fatal: 10_000,
  /** Troubles that a registry or the network can get over; `fatal` is enough for an image that no node gets. */
  doubtful: 30_000,
  /** A quota or an admission webhook that refuses pods: old pods may make room. */
  refused: 30_000,
} as const

/** For how long a crash that is not seen any more is remembered, in milliseconds. */
const rememberedMs = 30_000

export interface Judgement {
  readonly verdict: Verdict
  readonly sightings: Sightings
}

/**
 * Turns what the objects say into a verdict, by how long they have said so.
 *
 * @param nowMs milliseconds of the run.
 * @param nowhere the images that no node gets, by all workloads ({@link unpullable}).
 */
export function judge(
  assessment: Assessment,
  before: Sightings,
  nowMs: number,
  nowhere: ReadonlySet<string>,
): Judgement {
  if (assessment.type === "gone") return { verdict: { type: "gone", counts: noPods }, sightings: {} }
  if (assessment.type === "foreign") return { verdict: assessment, sightings: {} }
  const { counts, waitsFor, note, podTroubles, ownTroubles } = assessment
  if (waitsFor === null) {
    return {
      verdict: { type: "done", counts, note },
      sightings: absent(remembered(before, nowMs), [], nowMs),
    }
  }
  const missing = podTroubles.filter(({ unpulled }) => unpulled !== null && nowhere.has(unpulled))
  const keys = [...podTroubles.map(podKey), ...missing.map(imageKey), ...ownTroubles.map(ownKey)]
  const known = remembered(before, nowMs)
  const sightings = { ...absent(known, keys, nowMs), ...see(keys, known, nowMs) }
  const lasted = (key: string) => nowMs - (sightings[key] ?? nowMs)
  const doom = doomOf(podTroubles, ownTroubles, lasted)
  if (doom !== null) return { verdict: { type: "doomed", counts, trouble: doom }, sightings }
  return { verdict: progressing(counts, waitsFor, podTroubles, ownTroubles), sightings }
}

function see(keys: readonly string[], before: Sightings, nowMs: number): Sightings {
  return Object.fromEntries(keys.map((key) => [key, before[key] ?? nowMs]))
}

/** The kubelet reports a crash loop now as fatal, now as doubtful: it is one trouble. */
function podKey({ trouble, gravity, crash }: PodTrouble): string {
  const kind = crash ? crashPrefix : `${gravity} `
  return `${kind}${trouble.podUid} ${trouble.container}`
}

const crashPrefix = "crash "
const gonePrefix = "gone "

/** What was seen before, without the crashes that were not seen for too long. */
function remembered(sightings: Sightings, nowMs: number): Sightings {
  const isForgotten = (key: string) => nowMs - (sightings[`${gonePrefix}${key}`] ?? nowMs) >= rememberedMs
  const kept = Object.entries(sightings).filter(([key]) => !isForgotten(key.replace(gonePrefix, "")))
  return Object.fromEntries(kept)
}

/** The crashes that are not seen now, each with when that was first so. */
function absent(known: Sightings, keys: readonly string[], nowMs: number): Sightings {
  const gone = Object.entries(known).filter(([key]) => key.startsWith(crashPrefix) && !keys.includes(key))
  return Object.fromEntries(
    gone.flatMap(([key, firstMs]) => {
      const mark = `${gonePrefix}${key}`
      return [
        [key, firstMs],
        [mark, known[mark] ?? nowMs],
      ]
    }),
  )
}

/** Since when no node gets it, from any of its pods. */
function imageKey({ unpulled }: PodTrouble): string {
  return `nowhere ${unpulled}`
}

function ownKey({ reason }: OwnTrouble): string {
  return `own ${reason}`
}

function doomOf(
  podTroubles: readonly PodTrouble[],
  ownTroubles: readonly OwnTrouble[],
  lasted: (key: string) => number,
): Trouble | null {
  const pod = podTroubles.find((one) => isDoom(one, lasted))
  if (pod !== undefined) return withCount(pod, podTroubles)
  const own = ownTroubles.find((one) => one.final || lasted(ownKey(one)) >= patienceMs.refused)
  if (own === undefined) return null
  if (!own.final) return ofWorkload(own)
  // The controller only says that time ran out. A pod can say why, and so can what keeps pods from being made.
  const [reason] = podTroubles
  if (reason !== undefined) return withCount(reason, podTroubles)
  return ofWorkload(ownTroubles.find(({ final }) => !final) ?? own)
}

function isDoom(one: PodTrouble, lasted: (key: string) => number): boolean {
  if (one.gravity === "waiting") return false
  if (one.gravity === "fatal") return lasted(podKey(one)) >= patienceMs.fatal
  return lasted(podKey(one)) >= patienceMs.doubtful || lasted(imageKey(one)) >= patienceMs.fatal
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
