import type { Images } from "../../core/workload.ts"
import type { ReleaseImage } from "./plan.ts"
import { type Release, runningRelease } from "./release.ts"
import type { DeployState } from "./state.ts"

/** From which release to which a run leads. */
export interface Passage {
  /** `null` when that is not known yet, or the workloads ran different ones. */
  readonly from: Release | null
  /** `null` when that is not known, or the workloads go to different ones. */
  readonly to: Release | null
}

export function passageOf({
  plan,
  targets,
  release,
}: Pick<DeployState, "plan" | "targets" | "release">): Passage {
  const from = single(targets.map(({ releases, live }) => runningRelease(releases, live)))
  if (release !== null)
    return { from, to: recorded(release, Object.assign({}, ...targets.map(({ to }) => to))) }
  const isBack = plan.start.type === "back"
  return { from, to: isBack ? single(targets.map(({ releases, to }) => runningRelease(releases, to))) : null }
}

/** The one release of all workloads. */
function single(releases: readonly Release[]): Release | null {
  const byImages = new Map(releases.map((release) => [digests(release.images), release]))
  return byImages.size === 1 ? (releases[0] ?? null) : null
}

function digests(images: Images): string {
  return JSON.stringify(
    [...new Set(Object.values(images).map((image) => image.split("@").at(-1)))].toSorted(),
  )
}

/** A release as far as it is known by its image. */
export function recorded(
  { build, commit, secretVersion, sealedAt, code }: ReleaseImage,
  images: Images,
): Release {
  return {
    images,
    ...(build === null ? {} : { build }),
    ...(commit === null ? {} : { commit }),
    ...(secretVersion === null ? {} : { secretVersion }),
    ...(sealedAt === null ? {} : { sealedAt }),
    ...(code === undefined ? {} : { code }),
  }
}
