import { shortImage, workloadText } from "../../core/workload.ts"
import { type CheckedTarget, type DeployFailure, failure } from "./plan.ts"
import { describes } from "./release.ts"
import { imagesBefore } from "./way-back.ts"

/** The image that gets another sealed file, and what is known of its code. */
export interface ResealOrigin {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string
  /** The whole id; `null` where it is not written down. */
  readonly commit: string | null
  /** The digest of the image that was built with its code: its own, unless it was resealed too. */
  readonly code: string
}

export type FoundOrigin =
  | { readonly type: "origin"; readonly origin: ResealOrigin }
  | { readonly type: "none"; readonly failure: DeployFailure }

type Recorded = Pick<CheckedTarget, "ref" | "live" | "releases">

/**
 * The one image that all workloads run.
 *
 * @param resumed whether a run before may have given some of them the resealed image: what is not proven is not what it was
 * made of.
 */
export function resealOrigin(
  targets: readonly Recorded[],
  environment: string,
  resumed: boolean,
): FoundOrigin {
  const found = resumed ? targets.map(beforeUnproven) : targets
  const images = [...new Set(found.flatMap(({ live }) => Object.values(live)))]
  const digests = [...new Set(images.map(digestIn))]
  const [digest = null, ...others] = digests
  if (others.length > 0)
    return none(`${found.map(heldText).join("; ")}: there is no one image to reseal`, environment)
  if (digest === null)
    return none(`${images.map(shortImage).join(", ")} runs, whose digest is not written down`, environment)
  const releases = found.flatMap((one) => one.releases.filter((release) => describes(release, one.live)))
  const commits = releases.flatMap(({ commit }) =>
    /^[0-9a-f]{40}$/.test(commit ?? "") ? (commit ?? []) : [],
  )
  // Anybody who may change a workload can write there.
  const code = releases.flatMap((release) => digestIn(release.code ?? "") ?? []).at(0) ?? digest
  return { type: "origin", origin: { digest, commit: commits.at(0) ?? null, code } }
}

function beforeUnproven(target: Recorded): Recorded {
  const { live, releases } = target
  const isUnproven = releases[0]?.proven === false && describes(releases[0], live)
  return { ...target, live: (isUnproven ? imagesBefore(live, releases) : null) ?? live }
}

function digestIn(image: string): string | null {
  const digest = image.split("@").at(-1) ?? ""
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null
}

function heldText({ ref, live }: Recorded): string {
  return `${workloadText(ref)} has ${[...new Set(Object.values(live).map(shortImage))].join(", ")}`
}

function none(message: string, environment: string): FoundOrigin {
  const hint = `look at what runs, and deploy one image by its digest to all: envseal status ${environment}`
  return { type: "none", failure: failure("IMAGE_UNUSABLE", message, hint) }
}
