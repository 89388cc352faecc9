import { describe, expect, test } from "vitest"
import { outcomeOf, workloadEnds } from "../../../src/deploy/core/outcome.ts"
import type { Outcome, WorkloadEnd } from "../../../src/deploy/core/progress.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { noPods, type Verdict } from "../../../src/deploy/core/verdict.ts"
import { newImage, oldImage, target } from "./scene.ts"

const done: Verdict = { type: "done", counts: noPods, note: "it has no pods" }
const moving: Verdict = { type: "progressing", counts: noPods, waitsFor: "a pod", troubles: [] }
const foreign: Verdict = { type: "foreign", counts: noPods, images: ["theirs"] }
const gone: Verdict = { type: "gone", counts: noPods }

const untouched = target()
const proven = target({ stage: "forward", verdict: done })
const unproven = target({ stage: "forward", verdict: moving })
const unseen = target({ stage: "forward" })
const unchanged = target({ stage: "forward", verdict: moving, before: { app: newImage } })
const back = target({ stage: "back", verdict: done })
const goingBack = target({ stage: "back", verdict: moving })
const stuck = target({ stage: "stuck" })

const outcomeTexts: readonly { when: string; targets: readonly Target[]; standing: Outcome }[] = [
  { when: "there is nothing", targets: [], standing: "untouched" },
  { when: "nothing was changed", targets: [untouched, untouched], standing: "untouched" },
  { when: "all had the image before", targets: [unchanged, unchanged], standing: "untouched" },
  { when: "all are proven", targets: [proven, proven], standing: "new" },
  { when: "one is not proven", targets: [proven, unproven], standing: "unproven" },
  { when: "one had the image before", targets: [unproven, unchanged], standing: "unproven" },
  { when: "nothing was seen of them", targets: [unseen], standing: "unproven" },
  { when: "all are back", targets: [back, back], standing: "back" },
  { when: "one is back, the other had the image before", targets: [back, unchanged], standing: "back" },
  {
    when: "one is back, the other had the image before and is proven",
    targets: [back, { ...proven, before: { app: newImage } }],
    standing: "back",
  },
  { when: "one is still going back", targets: [back, goingBack], standing: "going-back" },
  { when: "one is back, one new", targets: [back, proven], standing: "mixed" },
  { when: "one was changed, one not", targets: [untouched, unproven], standing: "mixed" },
  { when: "one could not be given back", targets: [back, stuck], standing: "mixed" },
  { when: "one is somebody else's", targets: [proven, { ...proven, verdict: foreign }], standing: "mixed" },
  { when: "one is gone", targets: [proven, { ...proven, verdict: gone }], standing: "mixed" },
  { when: "an answer is missing", targets: [proven, target({ stage: "patching" })], standing: "mixed" },
]

const ends: readonly { one: Target; state: WorkloadEnd["state"]; images: WorkloadEnd["images"] }[] = [
  { one: untouched, state: "before", images: { app: oldImage } },
  { one: proven, state: "new", images: { app: newImage } },
  { one: unproven, state: "unproven", images: { app: newImage } },
  { one: back, state: "before", images: { app: oldImage } },
  { one: goingBack, state: "going-back", images: { app: oldImage } },
  { one: { ...proven, verdict: foreign }, state: "foreign", images: {} },
  { one: stuck, state: "unknown", images: {} },
]

describe("how the workloads stand in the end", () => {
  test.each(outcomeTexts)("$standing when $when", ({ targets, standing }) => {
    expect(outcomeOf({ targets })).toBe(standing)
    expect(outcomeOf({ targets: targets.toReversed() })).toBe(standing)
  })

  test.each(ends)("says $state of one with its images", ({ one, state, images }) => {
    const note = one.verdict === done ? "it has no pods" : null
    expect(workloadEnds({ targets: [one] })).toEqual([
      { workload: "deployment/web", state, images, counts: noPods, note },
    ])
  })
})
