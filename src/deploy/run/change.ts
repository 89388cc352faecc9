import { EnvsealError } from "../../core/error.ts"
import { type JsonPatchStep, podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { nameList, printable } from "../../core/text.ts"
import { type Images, sameImages, shortImage, type WorkloadRef, workloadText } from "../../core/workload.ts"
import type { Cluster } from "../../ports/cluster.ts"
import { type Home, homeAnnotation, writeHome } from "../core/home.ts"
import { imagePatch } from "../core/image-patch.ts"
import { recorded } from "../core/passage.ts"
import type { ReleaseImage } from "../core/plan.ts"
import { allContainers, imagesOf } from "../core/pods.ts"
import {
  causeAnnotation,
  describes,
  doubted,
  imagesIn,
  popRelease,
  proveRelease,
  pushRelease,
  type Release,
  readReleases,
  releasesAnnotation,
  writeReleases,
} from "../core/release.ts"
import { deadlineOf } from "../core/rollout.ts"
import { goodBefore } from "../core/way-back.ts"

/** What became of a workload that was given images. */
export interface Changed {
  /** What it had before this release; `null` when that is not known. */
  readonly before: Images | null
  /** What it has now, as the server answered. */
  readonly given: Images
  readonly changed: boolean
  readonly generation: number
  readonly staleDeadline: string | null
}

/** Who changes it, and when, for the record. */
export interface Author {
  readonly home: Home
  readonly by: string
  readonly run: string
  /** The run whose lock was taken, since it did not come to its end; `null` when there is none. */
  readonly after: string | null
  /** Whether the workloads ran different releases when it began: what is unproven then is unfinished work too. */
  readonly mixed: boolean
  /** Runs whose release is not proven on all workloads: none of them goes back to it. */
  readonly unproven: ReadonlySet<string>
  readonly now: Date
}

/** What a change works with. */
export type ChangedCluster = Pick<Cluster, "read" | "patch">

const attempts = 3

/**
 * Gives a workload its images, and writes down what it ran before. Where it has them already, no pod is replaced.
 *
 * @param release `null` when it goes back to an older one.
 * @param only what alone may give way to them; `null` for whatever it has.
 * @param known what was last seen of it, which is read no more where the change follows from that; `null` when nothing was.
 * @throws EnvsealError `WORKLOAD_UNUSABLE` when it or a container is gone, `PATCH_CONFLICT` when it is being changed by others again
 * and again, `SUPERSEDED` when it has neither `to` nor `only`, and what the cluster throws.
 */
export function giveImages(
  cluster: ChangedCluster,
  ref: WorkloadRef,
  to: Images,
  release: ReleaseImage | null,
  author: Author,
  only: Images | null = null,
  known: Workload | null = null,
): Promise<Changed> {
  let replaced: Images | null = null
  return retryConflicts(async (attempt) => {
    const seen = attempt === 1 && known !== null ? foundOf(known, to) : null
    const isUsed = seen !== null && givesWay(seen.images, to, only)
    const found = isUsed ? seen : await lookAt(cluster, ref, to)
    const { live, images, releases } = found
    demandContainers(ref, live, to)
    if (sameImages(images, to)) {
      // It had other images a moment ago: the answer to our change was lost, or somebody else made it first.
      if (replaced !== null) return { ...unchanged(live, to, replaced), changed: true }
      return release === null ? unchanged(live, to, images) : keep(cluster, ref, found, release, author)
    }
    if (only !== null) demandImages(ref, images, only, author)
    if (!isUsed) replaced = images
    const before = release === null ? images : goodBefore(images, doubted(releases, author.unproven), to)
    const next =
      release === null
        ? popRelease(releases, images, to)
        : pushRelease(releases, images, recordOf(to, release, author))
    const patched = await cluster.patch(
      ref,
      imagePatch(live, to, annotations(next, causeOf(to, release, author), author)),
    )
    return { ...unchanged(patched, to, before), changed: true }
  })
}

/** Whether images are given to what has these, so that the cluster says whether it still has them. */
function givesWay(images: Images, to: Images, only: Images | null): boolean {
  const hasAll = Object.keys(to).every((name) => images[name] !== undefined)
  return hasAll && !sameImages(images, to) && (only === null || sameImages(images, only))
}

/**
 * Writes down that what a workload has is proven, where the newest entry is of that and has no such mark.
 *
 * @param known as of {@link giveImages}.
 * @throws EnvsealError as {@link giveImages}.
 */
export function markProven(
  cluster: ChangedCluster,
  ref: WorkloadRef,
  images: Images,
  known: Workload | null = null,
): Promise<void> {
  const mark = async ({ live, images: has, releases }: Found): Promise<boolean> => {
    const next = sameImages(has, images) ? proveRelease(releases, has) : null
    if (next === null) return false
    await cluster.patch(ref, imagePatch(live, has, { [releasesAnnotation]: writeReleases(next) }))
    return true
  }
  return retryConflicts(async (attempt) => {
    if (attempt === 1 && known !== null && (await mark(foundOf(known, images)))) return
    await mark(await lookAt(cluster, ref, images))
  })
}

/** The patch that {@link giveImages} makes of a workload as it was read. */
export function plannedPatch(
  live: Workload,
  to: Images,
  release: ReleaseImage,
  author: Author,
): readonly JsonPatchStep[] {
  const images = imagesOf(podTemplateOf(live), Object.keys(to))
  const next = pushRelease(readReleases(live.metadata.annotations), images, recordOf(to, release, author))
  return imagePatch(live, to, annotations(next, causeOf(to, release, author), author))
}

interface Found {
  readonly live: Workload
  readonly images: Images
  readonly releases: readonly Release[]
}

/**
 * It has the images already. When this run gave them and its answer was lost, or a run for the same build, or the run
 * that had the lock before and did not come to its end, that work goes on: it goes back to what was there before that run.
 * So does what a run left on some of the workloads alone.
 */
async function keep(
  cluster: ChangedCluster,
  ref: WorkloadRef,
  { live, images, releases }: Found,
  release: ReleaseImage,
  { run, after, mixed, unproven }: Author,
): Promise<Changed> {
  const [record, ...older] = releases
  const [counted, ...before] = doubted(releases, unproven)
  // What is proven is no unfinished work.
  if (record === undefined || counted?.proven === true || !describes(record, images))
    return unchanged(live, images, images)
  const [last] = before
  const had = last === undefined ? null : imagesIn(last, Object.keys(images))
  const good = had === null ? null : goodBefore(had, before, images)
  const isOurs = record.run === run || (record.build !== undefined && record.build === release.build)
  if (isOurs) return unchanged(live, images, good)
  const isLeft = record.run !== undefined && record.run === after
  if (!isLeft && !(mixed && counted?.proven === false)) return unchanged(live, images, images)
  // From now on it is this run's work, in case this run does not come to its end either.
  const records = { [releasesAnnotation]: writeReleases([{ ...record, run }, ...older]) }
  return unchanged(await cluster.patch(ref, imagePatch(live, images, records)), images, good)
}

/**
 * Gives a workload back what it had, only where it still has `from`.
 *
 * @param records what its annotation of releases was before; `null` when that is not known.
 * @throws EnvsealError `SUPERSEDED` when it has neither, and as {@link giveImages}.
 */
export function takeBack(
  cluster: ChangedCluster,
  ref: WorkloadRef,
  from: Images,
  to: Images,
  records: readonly Release[] | null,
  author: Author,
): Promise<Changed> {
  return retryConflicts(async () => {
    const { live, images, releases } = await lookAt(cluster, ref, to)
    if (sameImages(images, to)) return unchanged(live, to, to)
    demandImages(ref, images, from, author)
    const next = records ?? popRelease(releases, images, to)
    const patched = await cluster.patch(
      ref,
      imagePatch(live, to, annotations(next, causeOf(to, null, author), author)),
    )
    return { ...unchanged(patched, to, to), changed: true }
  })
}

/**
 * A container that somebody has taken away or renamed since the check gets nothing, and a change of nothing would soon
 * look done.
 */
export function demandContainers(ref: WorkloadRef, workload: Workload, images: Images): void {
  const there = allContainers(podTemplateOf(workload)).map(({ name }) => name)
  const missing = Object.keys(images).filter((name) => !there.includes(name))
  if (missing.length === 0) return
  throw new EnvsealError(
    "WORKLOAD_UNUSABLE",
    `${workloadText(ref)} has no container ${nameList(missing)} any more; it has ${nameList(there)}`,
    { hint: "somebody has changed it meanwhile: deploy again, once envseal.yaml names its containers" },
  )
}

/** What somebody else has given it meanwhile stays. */
function demandImages(
  ref: WorkloadRef,
  images: Images,
  wanted: Images,
  { home: { environment } }: Author,
): void {
  if (sameImages(images, wanted)) return
  const has = Object.values(images).map((image) => printable(image, 200))
  throw new EnvsealError(
    "SUPERSEDED",
    `somebody else gave ${workloadText(ref)} ${has.join(", ") || "other containers"}`,
    { hint: `look at what runs now: envseal status ${environment}` },
  )
}

async function lookAt(cluster: ChangedCluster, ref: WorkloadRef, wanted: Images): Promise<Found> {
  const live = await cluster.read(ref)
  if (live === null)
    throw new EnvsealError("WORKLOAD_UNUSABLE", `${workloadText(ref)} does not exist any more`)
  return foundOf(live, wanted)
}

function foundOf(live: Workload, wanted: Images): Found {
  const images = imagesOf(podTemplateOf(live), Object.keys(wanted))
  return { live, images, releases: readReleases(live.metadata.annotations) }
}

/** @param wanted the images that it was to get. */
function unchanged(workload: Workload, wanted: Images, before: Images | null): Changed {
  const generation = workload.metadata.generation ?? 0
  const given = imagesOf(podTemplateOf(workload), Object.keys(wanted))
  return { before, given, changed: false, generation, staleDeadline: deadlineOf(workload) }
}

async function retryConflicts<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const conflict = error instanceof EnvsealError && error.code === "PATCH_CONFLICT"
      if (!conflict || attempt === attempts) throw error
    }
  }
}

function recordOf(images: Images, release: ReleaseImage, { by, run, now }: Author): Release {
  return { ...recorded(release, images), run, proven: false, at: now.toISOString(), by }
}

function annotations(
  releases: readonly Release[],
  cause: string,
  { home }: Author,
): Readonly<Record<string, string>> {
  return {
    [releasesAnnotation]: writeReleases(releases),
    [homeAnnotation]: writeHome(home),
    [causeAnnotation]: cause,
  }
}

function causeOf(to: Images, release: ReleaseImage | null, { home: { environment }, by }: Author): string {
  const [image = ""] = Object.values(to)
  if (release === null) return `envseal: ${environment} back to ${shortImage(image)} by ${by}`
  const build = release.build === null ? "" : ` build=${release.build}`
  const commit = release.commit === null ? "" : ` commit=${release.commit}`
  return `envseal: ${environment} to ${shortImage(image)}${build}${commit} by ${by}`
}
