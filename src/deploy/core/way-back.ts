import { type Images, sameImage, sameImages, workloadText } from "../../core/workload.ts"
import { type BackStep, type CheckedTarget, type DeployFailure, failure } from "./plan.ts"
import {
  describes,
  doubted,
  imagesIn,
  isNamed,
  previousRelease,
  type Release,
  releasesBefore,
  runningRelease,
  unprovenRuns,
} from "./release.ts"

/** Where a rollback leads: a step for each workload that moves, or why there is no way. */
export type WayBack =
  | { readonly type: "way"; readonly steps: readonly BackStep[] }
  | { readonly type: "none"; readonly failure: DeployFailure }

/** What is asked for. */
export interface BackRequest {
  readonly environment: string
  /** What names the release to go to, as `isNamed` has it; `null` for the one before that which runs. */
  readonly to: string | null
}

type Recorded = Pick<CheckedTarget, "live" | "releases">

/** A workload, and the release that it would go back to; `null` when none is known. */
interface Candidate extends Recorded {
  readonly text: string
  readonly goal: Goal | null
}

interface Goal {
  readonly release: Release
  /** What the containers that are there now had in it. */
  readonly images: Images
}

/**
 * The one rule of what a rollback goes back to: every workload to the release before the one that runs, or to the one
 * that is named; all of them, or none.
 */
export function wayBack(targets: readonly CheckedTarget[], { environment, to }: BackRequest): WayBack {
  const goals =
    to === null ? goalsBefore(targets) : targets.map(({ live, releases }) => goalOf(live, releases, to))
  const found = targets.map(({ ref, live, releases }, at) => {
    return { text: workloadText(ref), live, releases, goal: goals[at] ?? null }
  })
  const fault = to === null ? null : faultOfName(found, { environment, to })
  if (fault !== null) return { type: "none", failure: fault }
  const going = found.filter((one) => !staysIn(one, found, to))
  const unknown = going.filter(({ goal }) => goal === null)
  if (unknown.length > 0) return { type: "none", failure: unknownBefore(unknown, { environment, to }) }
  if (to === null && isMixed(found) && goalImages(going).length !== 1)
    return { type: "none", failure: nothingInCommon(environment) }
  return { type: "way", steps: going.flatMap(stepOf) }
}

/** What these containers had in the last proven release before the one that runs; `null` when that is not known. */
export function imagesBefore(live: Images, releases: readonly Release[]): Images | null {
  return goalBefore(live, releases)?.images ?? null
}

/**
 * What a workload goes back to when the images that it is given fail: what it has, or the last proven release before
 * that when what it has is known not to be proven.
 *
 * @param releases newest first, without the one that it is given.
 * @returns `null` when that is what it is given.
 */
export function goodBefore(live: Images, releases: readonly Release[], to: Images): Images | null {
  const [newest] = releases
  if (newest?.proven !== false || !describes(newest, live)) return live
  const images = imagesBefore(live, releases)
  if (images === null) return live
  return sameImages(images, to) ? null : images
}

/** Whether two ways lead from the same images to the same images. */
export function isSameWay(one: readonly BackStep[], other: readonly BackStep[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ workload, live, images }) => {
      const same = other.find((step) => step.workload === workload)
      return same !== undefined && sameImages(same.live, live) && sameImages(same.images, images)
    })
  )
}

/**
 * What workloads go back to, each in its place: the last release before the one that runs which is proven on all. Where
 * all run one release and that is not one for all, it is the last one that all have; where they have none in common, each
 * has its own.
 */
function goalsBefore(found: readonly Recorded[]): readonly (Goal | null)[] {
  const unproven = unprovenRuns(found.map(({ releases }) => releases))
  const targets = found.map((one) => ({ ...one, releases: doubted(one.releases, unproven) }))
  const own = targets.map(({ live, releases }) => goalBefore(live, releases))
  const isOne = distinct(own.flatMap((goal) => Object.values(goal?.images ?? {}))).length <= 1
  if (isOne || own.includes(null) || isMixed(targets)) return own
  const all = targets.map(allGoalsBefore)
  const shared = (all[0] ?? []).find((goal) =>
    all.every((goals) => goals.some((one) => isOneWith(one, goal))),
  )
  if (shared === undefined) return own
  return all.map((goals) => goals.find((one) => isOneWith(one, shared)) ?? null)
}

function allGoalsBefore({ live, releases }: Recorded): readonly Goal[] {
  return releasesBefore(releases, live).flatMap((release) => goalIn(release, live) ?? [])
}

/** Whether two workloads have one release by that: a release is one image. */
function isOneWith(one: Goal, other: Goal): boolean {
  return distinct([one, other].flatMap(({ images }) => Object.values(images))).length === 1
}

function goalBefore(live: Images, releases: readonly Release[]): Goal | null {
  const release = previousRelease(releases, live)
  return release === null ? null : goalIn(release, live)
}

function goalOf(live: Images, releases: readonly Release[], to: string): Goal | null {
  const named = releases.filter((one) => isNamed(one, to))
  // What was proven once is good, though the same images had no proof when they were given again.
  const release = named.find((one) => one.proven !== false) ?? named[0] ?? null
  return release === null ? null : goalIn(release, live)
}

function goalIn(release: Release, live: Images): Goal | null {
  const images = imagesIn(release, Object.keys(live))
  return images === null ? null : { release, images }
}

/**
 * One that is there already stays. So do those of a rollback or a deploy that was cut short: it has left some workloads
 * where the others still have to go.
 */
function staysIn({ live, goal }: Candidate, all: readonly Candidate[], to: string | null): boolean {
  if (to !== null) return goal !== null && sameImages(goal.images, live)
  const goals = goalImages(all)
  return isMixed(all) && Object.values(live).every((image) => goals.some((one) => sameImage(one, image)))
}

/** Whether the workloads run different images, as a deploy or rollback leaves them that was cut short. */
export function isMixed(all: readonly Pick<CheckedTarget, "live">[]): boolean {
  return distinct(all.flatMap(({ live }) => Object.values(live))).length > 1
}

function goalImages(all: readonly Candidate[]): readonly string[] {
  return distinct(all.flatMap(({ goal }) => Object.values(goal?.images ?? {})))
}

/** Images, each once, by whatever name. */
function distinct(images: readonly string[]): readonly string[] {
  return images.filter((image, at) => images.findIndex((one) => sameImage(one, image)) === at)
}

function stepOf({ text, live, releases, goal }: Candidate): readonly BackStep[] {
  if (goal === null) return []
  const { release, images } = goal
  return [{ workload: text, from: runningRelease(releases, live), to: release, live, images }]
}

/** What is wrong with the name of a release; `null` when it names one that can be gone back to. */
function faultOfName(
  found: readonly Candidate[],
  { environment, to }: { readonly environment: string; readonly to: string },
): DeployFailure | null {
  const see = `see the releases: envseal history ${environment}`
  const named = found.flatMap(({ releases }) => releases.filter((one) => isNamed(one, to)))
  const images = distinct(named.flatMap((release) => Object.values(release.images)))
  if (named.length === 0)
    return failure("NO_PREVIOUS_RELEASE", `no release ${to} is known of ${environment}`, see)
  const isOne = named.every((one) => describes(one, named[0]?.images ?? {}))
  if (!isOne) return failure("USAGE", `${to} names ${images.length} releases of ${environment}`, see)
  if (found.some(({ goal }) => goal?.release.proven === false)) {
    return failure(
      "NO_PREVIOUS_RELEASE",
      `the release ${to} was never proven`,
      `deploy it as a new one: envseal deploy ${environment} --image ${referenceOf(images[0] ?? "IMAGE")}`,
    )
  }
  if (found.every((one) => staysIn(one, found, to)))
    return failure("NO_PREVIOUS_RELEASE", `${environment} runs the release ${to} already`, see)
  return null
}

/** As `--image` takes it. */
function referenceOf(image: string): string {
  return image.split("@").at(-1) ?? image
}

function unknownBefore(unknown: readonly Candidate[], { environment, to }: BackRequest): DeployFailure {
  const names = unknown.map(({ text }) => text).join(", ")
  return failure(
    "NO_PREVIOUS_RELEASE",
    to === null
      ? `no release before the one that runs is known of ${names}`
      : `the release ${to} is not known of ${names}`,
    `deploy an image that exists: envseal deploy ${environment} --image IMAGE`,
  )
}

function nothingInCommon(environment: string): DeployFailure {
  return failure(
    "NO_PREVIOUS_RELEASE",
    "the workloads run different releases, and there is no one release before them all",
    `see what runs, then deploy one image to all: envseal deploy ${environment} --image IMAGE`,
  )
}
