import { type Images, sameImages } from "../../core/workload.ts"
import type { Outcome, WorkloadEnd } from "./progress.ts"
import type { DeployState, Target } from "./state.ts"
import { noPods } from "./verdict.ts"

/** What the workloads run, as far as this run knows. Anything that is not certain counts as `mixed`. */
export function outcomeOf({ targets }: Pick<DeployState, "targets">): Outcome {
  const all = targets.map(endState)
  // A workload that had the new images before counts for both sides.
  const sides = targets.filter((target) => !isUnchanged(target)).map(endState)
  if (targets.length > 0 && all.every((state) => state === "new")) return "new"
  if (sides.every((state) => state === "before" || state === "going-back")) {
    if (sides.includes("going-back")) return "going-back"
    return targets.some(({ stage }) => stage === "back") ? "back" : "untouched"
  }
  return sides.every((state) => state === "new" || state === "unproven") ? "unproven" : "mixed"
}

function isUnchanged(target: Target): boolean {
  const state = endState(target)
  if (target.stage !== "forward" || state === "foreign") return false
  return target.before !== null && sameImages(target.before, target.to)
}

export function workloadEnds({ targets }: Pick<DeployState, "targets">): readonly WorkloadEnd[] {
  return targets.map((target) => {
    const state = endState(target)
    const { verdict } = target
    return {
      workload: target.text,
      images: imagesIn(state, target),
      state,
      counts: verdict?.counts ?? noPods,
      note: verdict?.type === "done" ? verdict.note : null,
    }
  })
}

function imagesIn(state: WorkloadEnd["state"], { before, live, to }: Target): Images {
  if (state === "foreign" || state === "unknown") return {}
  return state === "before" || state === "going-back" ? (before ?? live) : to
}

function endState({ stage, verdict, before, to }: Target): WorkloadEnd["state"] {
  const proven = verdict?.type === "done"
  switch (stage) {
    case "untouched":
      return "before"
    case "back":
      return proven ? "before" : "going-back"
    case "forward":
      if (verdict?.type === "foreign" || verdict?.type === "gone") return "foreign"
      if (proven) return "new"
      return before !== null && sameImages(before, to) ? "before" : "unproven"
    case "foreign":
      return "foreign"
    case "patching":
    case "unsure":
    case "restoring":
    case "stuck":
      return "unknown"
  }
}
