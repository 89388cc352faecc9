import { expect, test } from "vitest"
import type { Result } from "./run.ts"
import { overBudget, summary } from "./summary.ts"
import { type Contender, cases, planTrials } from "./trial.ts"

/** Every trial of two rounds, with times that tell the contenders apart. */
function results(patchMs: Readonly<Record<Contender, number>>, largeRequests = 30): readonly Result[] {
  return planTrials(2).map((trial) => {
    const { contender, case: one } = trial
    const goesBack = contender === "envseal" && one.play !== "ready"
    return {
      trial,
      course: {
        ...{ patchMs: patchMs[contender], readyMs: one.play === "ready" ? 1_200 : null },
        ...{ verdictMs: 4_000, backMs: goesBack ? 9_000 : null },
      },
      requests: { cluster: one.name === "large" ? largeRequests : 25, aws: 12 },
    }
  })
}

test("The summary has the medians of both, and their ratio.", () => {
  const lines = summary(results({ script: 15_000, envseal: 1_500 })).split("\n")
  const runs = cases.length * 2
  expect(lines.slice(0, 6)).toEqual([
    "| from patched on, s | runs | script: all ready | script: verdict | **envseal**: all ready | **envseal**: verdict |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...["good, 3 pods", "good, 31 pods"].map(
      (text) => `| ${text} | 2 |${" 1.2 (1.2 to 1.2) | 4.0 (4.0 to 4.0) |".repeat(2)}`,
    ),
    ...["crash loop", "image cannot be pulled"].map(
      (text) => `| ${text} | 2 |${" never | 4.0 (4.0 to 4.0) |".repeat(2)}`,
    ),
  ])
  expect(lines).toContain(
    `| build complete to patched, s | ${runs} | 15.0 (15.0 to 15.0) | 1.5 (1.5 to 1.5) | 10.0 |`,
  )
  expect(lines).toContain(
    "| patched to the old image everywhere, doomed, s | 4 | never | 9.0 (9.0 to 9.0) |  |",
  )
})

test("A patch within five seconds and requests that do not grow with the pods keep to the budget.", () => {
  expect(overBudget(results({ script: 15_000, envseal: 4_900 }))).toEqual([])
})

test("A late patch, and a request for each pod, overstep the budget.", () => {
  expect(overBudget(results({ script: 1_000, envseal: 5_100 }, 53))).toEqual([
    "from the end of the build to the patch it takes 5.1 s",
    "28 more pods cost 28 more requests",
  ])
})
