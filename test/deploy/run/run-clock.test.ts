import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { RunClock } from "../../../src/deploy/run/run-clock.ts"
import { runs } from "../../dotenv/values.ts"

/** A machine whose two clocks are moved by hand. */
function machine() {
  const at = { feltMs: 5_000, wallMs: 1_700_000_000_000 }
  const timer = { nowMs: () => at.feltMs, sleep: async () => {} }
  const clock = new RunClock({ timer, clock: { now: () => new Date(at.wallMs) } })
  const pass = (feltMs: number, wallMs: number) => {
    at.feltMs += feltMs
    at.wallMs += wallMs
    return clock.nowMs()
  }
  return { pass }
}

describe("the time of a run", () => {
  test("begins at zero and goes on as the process feels it", () => {
    const { pass } = machine()
    expect([pass(0, 0), pass(250, 250), pass(250, 251)]).toEqual([0, 250, 500])
  })

  test("counts a sleep of the machine, which only the wall clock has felt", () => {
    const { pass } = machine()
    expect([pass(250, 3_600_250), pass(250, 250)]).toEqual([3_600_250, 3_600_500])
  })

  test("counts a process that was stopped, which both clocks have felt", () => {
    expect(machine().pass(60_000, 60_000)).toBe(60_000)
  })

  test.each([
    ["put right by a second", 1_250, 250],
    ["put right by more than a second", 1_251, 1_251],
    ["put back by an hour", -3_600_000, 250],
  ])("with a wall clock that is %s counts no less than is felt", (_, wallMs, counted) => {
    expect(machine().pass(250, wallMs)).toBe(counted)
  })

  test("never goes back", () => {
    const step = fc.record({ felt: fc.nat(100_000), wall: fc.integer({ min: -100_000, max: 100_000 }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { pass } = machine()
        const times = steps.map(({ felt, wall }) => pass(felt, wall))
        expect(times).toEqual(times.toSorted((one, other) => one - other))
      }),
      runs(100),
    )
  })
})
