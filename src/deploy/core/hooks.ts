import type { Images } from "../../core/workload.ts"
import type { ReleaseImage } from "./plan.ts"
import { previousRelease } from "./release.ts"
import type { DeployState, Target } from "./state.ts"
import { enter, type Step, tell } from "./transition.ts"

/** Starts a hook. @returns `null` when there is none of that number. */
export function enterHook(state: DeployState, when: "before" | "after", index: number): Step | null {
  const name = state.plan.hooks[when][index]
  if (name === undefined || state.release === null) return null
  return enter(state, { name: "hook", when, index }, tell({ type: "hook-started", hook: name }), {
    do: "run-hook",
    when,
    name,
    release: state.release,
    images: newImages(state),
  })
}

/** What each workload gets, by its text. */
export function newImages({ targets, release }: DeployState): Readonly<Record<string, Images>> {
  return Object.fromEntries(targets.map((target) => [target.text, imagesFor(target, release)]))
}

/** @param release `null` when the workload goes back to the release before. */
export function imagesFor({ live, releases }: Target, release: ReleaseImage | null): Images {
  // Only containers that are there now: an older release may have had others.
  const images = release === null ? (previousRelease(releases, live)?.images ?? live) : {}
  return Object.fromEntries(
    Object.entries(live).map(([name, image]) => [name, release?.image ?? images[name] ?? image]),
  )
}
