import { type Images, sameImages } from "../core/workload.ts"
import type { Standing, WorkloadEnd } from "./news.ts"
import type { DeployState, Target } from "./state.ts"
import { noPods } from "./verdict.ts"

/** What the workloads run, as far as this run knows. Anything that is not certain counts as `mixed`. */
export function standingOf({ targets }: Pick<DeployState, "targets">): Standing {
  const states = new Set(targets.map((target) => endState(target)))
  const [only, ...others] = [...states]
  if (only === undefined || [...states].every((state) => state === "before" || state === "going-back")) {
    if (states.has("going-back")) return "going-back"
    return targets.some(({ stage }) => stage === "back") ? "back" : "untouched"
  }
  if (others.length === 0 && only === "new") return "new"
  return [...states].every((state) => state === "new" || state === "unproven") ? "unproven" : "mixed"
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
