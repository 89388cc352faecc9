import { shortImage, workloadText } from "../../core/workload.ts"
import type { CheckedTarget, Start } from "./plan.ts"
import { describes } from "./release.ts"
import { isMixed } from "./way-back.ts"

/**
 * What is said of workloads that run different releases before anything is changed: which has what, and how the run
 * ends that. `null` when all run the same.
 */
export function mixtureWarning(targets: readonly CheckedTarget[], start: Start["type"]): string | null {
  // A reseal of several images fails, and says so.
  if (!isMixed(targets) || start === "reseal") return null
  const aim =
    start === "back"
      ? "This run takes all of them to one before"
      : "This run gives all of them one, or, when that fails, what was proven last"
  return `the workloads run different releases: ${targets.map(halfText).join("; ")}. ${aim}`
}

function halfText({ ref, live, releases }: CheckedTarget): string {
  const [newest] = releases
  const isUnproven = describes(newest, live) && newest?.proven === false
  const images = [...new Set(Object.values(live).map(shortImage))].join(", ")
  return `${workloadText(ref)} has ${images}${isUnproven ? ", never proven" : ""}`
}
