import type { EnvironmentSettings } from "../../config/settings.ts"
import { type Images, workloadText } from "../../core/workload.ts"
import type { Registry } from "../../ports/registry.ts"
import type { CheckedTarget } from "../core/plan.ts"
import { previousRelease, type Release } from "../core/release.ts"
import { checkOldImage } from "./image.ts"

/** @throws EnvsealError `IMAGE_UNUSABLE` when an image of the release before is of no use any more. */
export async function checkOldImages(
  targets: readonly CheckedTarget[],
  { settings }: { readonly settings: Pick<EnvironmentSettings, "image"> },
  registry: Registry,
): Promise<void> {
  const { image } = settings
  if (image === null) return
  const before = targets.map(({ live, releases }) => beforeOf(live, previousRelease(releases, live)))
  const goals = new Set(before.flatMap((images) => Object.values(images)))
  const isMixed = new Set(targets.flatMap(({ live }) => Object.values(live))).size > 1
  // Where an earlier rollback was cut short, a workload that is there already goes nowhere.
  const goes = ({ live }: CheckedTarget) => !isMixed || !Object.values(live).every((one) => goals.has(one))
  // Each is asked for once, however many workloads ran it.
  const old = new Map(
    targets.flatMap((target, at) =>
      goes(target) ? Object.values(before[at] ?? {}).map((one) => [one, workloadText(target.ref)]) : [],
    ),
  )
  await Promise.all(
    [...old].map(([one, text]) => checkOldImage(`what ${text} ran before`, one, image, registry)),
  )
}

/** Of the containers that are there now: an older release may have had others. */
function beforeOf(live: Images, release: Release | null): Images {
  return Object.fromEntries(Object.entries(release?.images ?? {}).filter(([name]) => name in live))
}
