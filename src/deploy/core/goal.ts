import { type Images, sameImages } from "../../core/workload.ts"
import { followBuild } from "./build.ts"
import { failure, type ReleaseImage } from "./plan.ts"
import { imagesIn, previousRelease } from "./release.ts"
import type { DeployState, Phase, Rolling, Setback, Target } from "./state.ts"
import { fail, go, type Turn, tell, withTargets } from "./transition.ts"
import { judgeTargets } from "./watching.ts"

/** Begins what the run is for, once it has the lock. */
export function firstPhase(state: DeployState): Turn {
  const { start } = state.plan
  switch (start.type) {
    case "build":
      return go(state, { name: "starting" })
    case "resume":
      return followBuild(state, start.build)
    case "image":
      return go(state, { name: "imaging", from: start.image })
    case "back":
      return startRollback(state)
  }
}

/** The first phase that changes the cluster, once the image is known. */
export function firstChange({ plan }: DeployState): Phase {
  return plan.hooks.before.length > 0 ? { name: "hook", when: "before", index: 0 } : { name: "patching" }
}

/** What each workload gets, by its text. */
export function newImages({ targets, release }: DeployState): Readonly<Record<string, Images>> {
  return Object.fromEntries(targets.map((target) => [target.text, imagesFor(target, release)]))
}

/** @param release `null` when the workload goes back to the release before, or stays where that is not known. */
export function imagesFor(target: Target, release: ReleaseImage | null): Images {
  const { live } = target
  if (release === null) return imagesBefore(target) ?? live
  return Object.fromEntries(Object.keys(live).map((name) => [name, release.image]))
}

/** What the containers that are there now had before; `null` when that is not known of all of them. */
function imagesBefore({ live, releases }: Target): Images | null {
  const before = previousRelease(releases, live)
  return before === null ? null : imagesIn(before, Object.keys(live))
}

/** Gives every workload the release before the one that runs: all of them, or none. */
function startRollback(state: DeployState): Turn {
  const goals = new Set(state.targets.flatMap((target) => Object.values(imagesFor(target, null))))
  const live = new Set(state.targets.flatMap((target) => Object.values(target.live)))
  const mixed = live.size > 1
  // An earlier rollback that was cut short has left some workloads where the others still have to go.
  const stays = (target: Target) => mixed && Object.values(target.live).every((image) => goals.has(image))
  const going = state.targets.filter((target) => !stays(target))
  const unknown = going.filter((target) => imagesBefore(target) === null)
  if (unknown.length > 0) return fail(state, unknownBefore(state, unknown))
  const ends = new Set(going.flatMap((target) => Object.values(imagesFor(target, null))))
  if (mixed && ends.size !== 1) return fail(state, nothingInCommon(state))
  const aimed = withTargets(state, (target) => ({
    ...target,
    to: stays(target) ? target.live : imagesFor(target, null),
  }))
  return go(aimed, { name: "patching" })
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

/**
 * Gives every workload that was changed what it had before; all of them, or none where that is not wanted.
 *
 * @param from the rollout that is judged again when the cluster is not seen before that has begun; `null` where what
 * the run goes back for does not depend on it.
 */
export function goBack(state: DeployState, setback: Setback, from: Rolling | null): Turn {
  const next = { ...state, setback }
  if (toRestore(judgeTargets(next, "forward").state).length > 0) return go(next, { name: "restoring", from })
  const { state: judged, effects } = beginBack(next, setback)
  const failed = fail(judged, setback.failure)
  return { ...failed, effects: [...effects, ...failed.effects] }
}

/** Tells why the run goes back. The newest view counts: what somebody else has changed is left alone. */
export function beginBack(state: DeployState, setback: Setback): Turn {
  const turn = judgeTargets(state, "forward")
  return { ...turn, effects: [tell({ type: "doomed", ...setback }), ...turn.effects] }
}

/** The workloads that are given back what they had. */
export function toRestore({ plan, targets }: DeployState): readonly Target[] {
  return plan.rollback ? targets.filter(isToRestore) : []
}

function isToRestore({ stage, before, to, verdict }: Target): boolean {
  if (stage !== "forward" && stage !== "unsure") return false
  if (verdict?.type === "foreign" || verdict?.type === "gone") return false
  return before !== null && !sameImages(before, to)
}
