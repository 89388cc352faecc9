import type { RunPart, Spent } from "./progress.ts"
import type { Phase } from "./state.ts"

/** The same with the time that went on in a phase. Parts stand in the order in which they began. */
export function spend(spent: readonly Spent[], phase: Phase, passedMs: number): readonly Spent[] {
  const part = partOf(phase)
  if (part === null || passedMs === 0) return spent
  const isKnown = spent.some((one) => one.part === part)
  return isKnown
    ? spent.map((one) => (one.part === part ? { part, ms: one.ms + passedMs } : one))
    : [...spent, { part, ms: passedMs }]
}

/** @returns `null` for what is over. */
function partOf(phase: Phase): RunPart | null {
  switch (phase.name) {
    case "checking":
      return "check"
    case "locking":
      return "lock"
    case "starting":
    case "building":
    case "draining":
    case "leaving":
    case "stopping":
      return "build"
    case "imaging":
    case "judging":
      return "image"
    case "confirming":
      return partOf(phase.next)
    case "hook":
      return "hooks"
    case "patching":
      return "change"
    case "rolling":
    case "examining":
    case "proving":
      return "rollout"
    case "restoring":
    case "reverting":
      return "back"
    case "closing":
    case "ended":
      return null
  }
}
