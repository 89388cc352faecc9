import { type Images, sameImage, shortImage } from "../../core/workload.ts"

/**
 * The releases that a workload was given, as envseal writes them on the workload itself: newest first, so that going
 * back needs nothing but the cluster. Nothing in it is secret.
 */
export interface Release {
  /** The images that envseal manages, by container. */
  readonly images: Images
  readonly build?: string
  readonly commit?: string
  /** Version of the secret that is sealed in the image. */
  readonly secretVersion?: string
  /** When its configuration was sealed, by the build's clock: RFC 3339. */
  readonly sealedAt?: string
  /** The digest of the image that was built with its code, where it is another one: it was resealed. */
  readonly code?: string
  /** The run that deployed it. */
  readonly run?: string
  /** RFC 3339. */
  readonly at?: string
  /** Who deployed it. */
  readonly by?: string
  /** Whether it was proven; missing where envseal was not there to see it, or did not write it down yet. */
  readonly proven?: boolean
}

/** Holds the releases of a workload, as JSON. */
export const releasesAnnotation = "envseal.dev/releases"
/** What `kubectl rollout history` shows. */
export const causeAnnotation = "kubernetes.io/change-cause"

const kept = 10
/** More than any pod has. */
const mostContainers = 100
const textMembers = ["build", "commit", "secretVersion", "sealedAt", "code", "run", "at", "by"] as const

/**
 * @returns what the annotation says, newest first, as much as is ever written. Malformed entries are left out: anybody can
 * write there.
 */
export function readReleases(annotations: Readonly<Record<string, string>> | undefined): readonly Release[] {
  const list = parseList(annotations?.[releasesAnnotation] ?? "[]")
  return list.flatMap((entry) => readRelease(entry) ?? []).slice(0, kept)
}

function parseList(text: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

function readRelease(entry: unknown): Release | null {
  if (typeof entry !== "object" || entry === null) return null
  const members = new Map(Object.entries(entry))
  const images: unknown = members.get("images")
  if (typeof images !== "object" || images === null) return null
  const pairs = Object.entries(images).filter((pair): pair is [string, string] => typeof pair[1] === "string")
  if (pairs.length === 0 || pairs.length > mostContainers) return null
  const texts = textMembers.flatMap((name) => {
    const value = members.get(name)
    return typeof value === "string" ? [[name, value] as const] : []
  })
  const proven = members.get("proven")
  const mark = typeof proven === "boolean" ? { proven } : {}
  return { images: Object.fromEntries(pairs), ...Object.fromEntries(texts), ...mark }
}

export function writeReleases(releases: readonly Release[]): string {
  return JSON.stringify(releases.slice(0, kept))
}

/** The releases once `next` runs. What runs now without envseal's doing gets its own entry. */
export function pushRelease(releases: readonly Release[], live: Images, next: Release): readonly Release[] {
  const [newest, ...older] = knownReleases(releases, live)
  return describes(newest, next.images) ? [next, ...older] : [next, ...knownReleases(releases, live)]
}

/** The releases once the newer ones than `images` are gone, which run again in the place of `live`. */
export function popRelease(releases: readonly Release[], live: Images, images: Images): readonly Release[] {
  // What somebody else gave it has no entry, and takes none along.
  const [, ...rest] = knownReleases(releases, live)
  const found = rest.findIndex((one) => describes(one, images))
  return found < 0 ? [{ images }, ...rest] : rest.slice(found)
}

/** The last proven release before the one that runs, with other images; `null` when none is known. */
export function previousRelease(releases: readonly Release[], live: Images): Release | null {
  return releasesBefore(releases, live)[0] ?? null
}

/** The proven releases before the one that runs, with other images, newest first. */
export function releasesBefore(releases: readonly Release[], live: Images): readonly Release[] {
  const [, ...older] = knownReleases(releases, live)
  return older.filter((one) => one.proven !== false && !describes(one, live))
}

/** What these containers had in a release; `null` when the image of one of them is not known. */
export function imagesIn(release: Release, containers: readonly string[]): Images | null {
  const pairs = containers.flatMap((name) => {
    const image = imageIn(release, name)
    return image === null ? [] : [[name, image] as const]
  })
  return pairs.length === containers.length ? Object.fromEntries(pairs) : null
}

/** A container that was added or renamed since had the release's image, where the release is one image. */
function imageIn({ images }: Release, container: string): string | null {
  const [image, ...others] = new Set(Object.values(images))
  return images[container] ?? (others.length === 0 ? (image ?? null) : null)
}

/** The releases with the one that runs marked as proven; `null` when that is not the newest, or needs no mark. */
export function proveRelease(releases: readonly Release[], live: Images): readonly Release[] | null {
  const [newest, ...older] = releases
  if (newest === undefined || !describes(newest, live) || newest.proven !== false) return null
  return [{ ...newest, proven: true }, ...older]
}

/** The runs whose release is marked on some workload as not proven: then it counts as that on all. */
export function unprovenRuns(workloads: readonly (readonly Release[])[]): ReadonlySet<string> {
  return new Set(
    workloads.flat().flatMap(({ run, proven }) => (proven === false && run !== undefined ? [run] : [])),
  )
}

/** The releases as they count where those of these runs are not proven. */
export function doubted(releases: readonly Release[], runs: ReadonlySet<string>): readonly Release[] {
  return releases.map((one) => (one.run !== undefined && runs.has(one.run) ? { ...one, proven: false } : one))
}

/** The release of the images that run; one with nothing but these where that is not written down. */
export function runningRelease(releases: readonly Release[], live: Images): Release {
  return releases.find((one) => describes(one, live)) ?? { images: live }
}

/** As few characters name a release. */
const shortestName = 4

/**
 * Whether a text names the release: its image's digest, its commit or the own id of its build, each whole or its
 * beginning; or the tag of its image, or the build's whole id.
 */
export function isNamed({ images, build, commit }: Release, text: string): boolean {
  const begins = (id: string | undefined) => text.length >= shortestName && id?.startsWith(text) === true
  const digests = Object.values(images).flatMap((image) => image.split("@sha256:")[1] ?? [])
  return (
    text === build ||
    [commit, build?.split(":").at(-1)].some(begins) ||
    digests.some((digest) => begins(digest) || begins(`sha256:${digest}`)) ||
    Object.values(images).some((image) => image === text || shortImage(image) === text)
  )
}

/** The releases with the one that runs as the newest, no matter who gave it. */
export function knownReleases(releases: readonly Release[], live: Images): readonly Release[] {
  return describes(releases[0], live) ? releases : [{ images: live }, ...releases]
}

/** True when the release gives all of these containers these images. */
export function describes(release: Release | undefined, images: Images): boolean {
  return (
    release !== undefined &&
    Object.entries(images).every(([name, image]) => sameImage(imageIn(release, name) ?? undefined, image))
  )
}
