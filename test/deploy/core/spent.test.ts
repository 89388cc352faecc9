import { describe, expect, test } from "vitest"
import { spend } from "../../../src/deploy/core/spent.ts"
import type { Phase } from "../../../src/deploy/core/state.ts"
import { step } from "../../../src/deploy/core/step.ts"
import { phaseNames, stateIn } from "./scene.ts"

describe("how long the parts of a run take", () => {
  test("is counted for each part, in the order in which they began", () => {
    const patching: Phase = { name: "patching" }
    const phases: readonly (readonly [Phase, number])[] = [
      [{ name: "checking", ask: 1 }, 5],
      [{ name: "confirming", next: patching, sinceMs: 0, seenMs: 0 }, 7],
      [{ name: "rolling", hooked: false }, 20],
      [patching, 3],
      [{ name: "rolling", hooked: true }, 0],
    ]
    const spent = phases.reduce<ReturnType<typeof spend>>((all, [phase, ms]) => spend(all, phase, ms), [])
    expect(spent).toEqual([
      { part: "check", ms: 5 },
      { part: "change", ms: 10 },
      { part: "rollout", ms: 20 },
    ])
  })

  test.each(phaseNames)("goes to the part that the run stands in when time goes on: %s", (name) => {
    const { state } = step(stateIn(name), { type: "time", atMs: 250 })
    const over = name === "closing" || name === "ended"
    expect(state.spent.map(({ ms }) => ms)).toEqual(over ? [] : [250])
  })

  test("has the time too in which the run stood still", () => {
    const { state } = step(stateIn("rolling"), { type: "time", atMs: 60_000 })
    expect(state.spent).toEqual([{ part: "rollout", ms: 60_000 }])
  })
})
