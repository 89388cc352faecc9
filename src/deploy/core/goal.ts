import { type Images, sameImages } from "../../core/workload.ts"
import { followBuild } from "./build.ts"
import { type DeployFailure, failure, type ReleaseImage, type Start } from "./plan.ts"
import { resealOrigin } from "./reseal-origin.ts"
import type { DeployState, Phase, Rolling, Setback, Target } from "./state.ts"
import { fail, go, type Turn, tell, withTargets } from "./transition.ts"
import { judgeTargets } from "./watching.ts"
import { isSameWay, wayBack } from "./way-back.ts"

type Back = Extract<Start, { type: "back" }>

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
    case "reseal":
      return startReseal(state, start)
    case "back":
      return startRollback(state, start)
  }
}

/** The first phase that changes the cluster, once the image is known. */
export function firstChange({ plan }: DeployState): Phase {
  return plan.hooks.before.length > 0 ? { name: "hook", when: "before", index: 0 } : { name: "patching" }
}

/** What each workload gets of a release, by its text. */
export function newImages({ targets }: DeployState, release: ReleaseImage): Readonly<Record<string, Images>> {
  return Object.fromEntries(targets.map((target) => [target.text, imagesFor(target, release)]))
}

export function imagesFor({ live }: Target, { image }: ReleaseImage): Images {
  return Object.fromEntries(Object.keys(live).map((name) => [name, image]))
}

function startReseal(state: DeployState, { build }: Extract<Start, { type: "reseal" }>): Turn {
  const found = resealOrigin(state.targets, state.plan.environment, build !== null)
  if (found.type === "none") return fail(state, found.failure)
  const next = { ...state, origin: found.origin }
  return build === null ? go(next, { name: "starting" }) : followBuild(next, build)
}

/** Gives every workload an older release: all of them, or none. */
function startRollback(state: DeployState, { to, agreed }: Back): Turn {
  const { environment } = state.plan
  const way = wayBack(state.targets, { environment, to })
  if (way.type === "none") return fail(state, way.failure)
  const { steps } = way
  if (agreed !== null && !isSameWay(steps, agreed)) return fail(state, otherWay(environment))
  const images = new Map(steps.map((step) => [step.workload, step.images]))
  const aimed = withTargets(state, (target) => ({ ...target, to: images.get(target.text) ?? target.live }))
  // Who agreed to it has seen it.
  return go(aimed, { name: "patching" }, ...(agreed === null ? [tell({ type: "way-back", steps })] : []))
}

function otherWay(environment: string): DeployFailure {
  return failure(
    "SUPERSEDED",
    `${environment} was changed since it was asked whether to roll it back; nothing was done`,
    `look again, and answer again: envseal rollback ${environment}`,
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
