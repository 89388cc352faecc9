import type { Images } from "../../core/workload.ts"
import { describes, knownReleases, type Release } from "./release.ts"

/** A workload with what is written on it. */
export interface RecordedWorkload {
  /** As in `deployment/web`. */
  readonly workload: string
  /** What the containers have that deploys change; empty when there are none. */
  readonly live: Images
  readonly releases: readonly Release[]
}

/** One release of an environment, as its workloads have it written down. */
export interface HistoryEntry extends Release {
  /** The workloads that were given it. */
  readonly workloads: readonly string[]
  /** Those that run it now. */
  readonly runsOn: readonly string[]
}

/** A release as one workload has it. */
interface Line {
  readonly workload: string
  readonly release: Release
  readonly runs: boolean
  /** When it was deployed at the latest; `null` when that is not known. */
  readonly atMs: number | null
}

/** The releases of an environment, newest first, each once. What one deploy gave to several workloads is one release. */
export function historyOf(workloads: readonly RecordedWorkload[]): readonly HistoryEntry[] {
  const groups = [...Map.groupBy(workloads.flatMap(linesOf), keyOf).values()]
  return groups.toSorted((one, other) => latest(other) - latest(one) || 0).flatMap(entryOf)
}

function linesOf({ workload, live, releases }: RecordedWorkload): readonly Line[] {
  const hasImages = Object.keys(live).length > 0
  const all = hasImages ? knownReleases(releases, live) : releases
  const running = hasImages ? all.findIndex((release) => describes(release, live)) : -1
  let atMs: number | null = null
  return all.map((release, index) => {
    // Where its own time is not known, it is older than what came after it.
    atMs = earlier(atMs, timeOf(release))
    return { workload, release, runs: index === running, atMs }
  })
}

function timeOf({ at }: Release): number | null {
  const ms = Date.parse(at ?? "")
  return Number.isNaN(ms) ? null : ms
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other)
}

/** What one run gave, or else the same images. */
function keyOf({ release: { run, images } }: Line): string {
  return run ?? JSON.stringify([...new Set(Object.values(images).map((image) => image.split("@").at(-1)))])
}

/** What runs and has no time was given after all that has one. */
function latest(lines: readonly Line[]): number {
  const times = lines.flatMap(({ atMs }) => atMs ?? [])
  return times.length === 0 ? Number.MAX_SAFE_INTEGER : Math.max(...times)
}

function entryOf(lines: readonly Line[]): readonly HistoryEntry[] {
  const [first] = lines
  if (first === undefined) return []
  const marks = lines.map(({ release }) => release.proven)
  const { proven: _, ...release } = first.release
  const proven = marks.includes(false) ? false : marks.includes(undefined) ? undefined : true
  return [
    {
      ...release,
      ...(proven === undefined ? {} : { proven }),
      workloads: lines.map(({ workload }) => workload),
      runsOn: lines.filter(({ runs }) => runs).map(({ workload }) => workload),
    },
  ]
}
