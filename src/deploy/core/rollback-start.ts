import type { Images } from "../../core/workload.ts"
import { fail } from "./closing.ts"
import { imagesFor } from "./hooks.ts"
import { patchAll } from "./patching.ts"
import { failure } from "./plan.ts"
import { previousRelease } from "./release.ts"
import type { DeployState, Target } from "./state.ts"
import type { Step } from "./transition.ts"

/** Gives every workload the release before the one that runs: all of them, or none. */
export function startRollback(state: DeployState): Step {
  const goals = new Set(state.targets.flatMap((target) => imagesIn(imagesFor(target, null))))
  const live = new Set(state.targets.flatMap((target) => imagesIn(target.live)))
  const mixed = live.size > 1
  // An earlier rollback that was cut short has left some workloads where the others still have to go.
  const stays = (target: Target) => mixed && imagesIn(target.live).every((image) => goals.has(image))
  const going = state.targets.filter((target) => !stays(target))
  const unknown = going.filter(({ releases, live: images }) => previousRelease(releases, images) === null)
  if (unknown.length > 0) return fail(state, unknownBefore(state, unknown))
  const ends = new Set(going.flatMap((target) => imagesIn(imagesFor(target, null))))
  if (mixed && ends.size !== 1) return fail(state, nothingInCommon(state))
  const kept = state.targets.filter(stays).map(({ text }) => text)
  return patchAll(state, kept)
}

function imagesIn(images: Images): readonly string[] {
  return Object.values(images)
}

function unknownBefore({ plan }: DeployState, unknown: readonly Target[]) {
  return failure(
    "NO_PREVIOUS_RELEASE",
    `no release before the one that runs is known of ${unknown.map(({ text }) => text).join(", ")}`,
    `deploy an image that exists: envseal deploy ${plan.environment} --image IMAGE`,
  )
}

function nothingInCommon({ plan }: DeployState) {
  return failure(
    "NO_PREVIOUS_RELEASE",
    "the workloads run different releases, and there is no one release before them all",
    `see what runs, then deploy one image to all: envseal deploy ${plan.environment} --image IMAGE`,
  )
}
