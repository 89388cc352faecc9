import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Build } from "../../../src/core/build.ts"
import { describeEnd, failingPhase, pollDelayMs } from "../../../src/deploy/core/build.ts"
import { runs } from "../../dotenv/values.ts"
import { ended } from "./scene.ts"

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe("how long to wait before a build is asked for again", () => {
  test.each([
    ["QUEUED", 2_000],
    ["PROVISIONING", 2_000],
    ["BUILD", 5_000],
    ["FINALIZING", 2_000],
    ["A_PHASE_OF_TOMORROW", 2_000],
  ])("in %s is %i ms, give or take a fifth", (phase, ms) => {
    expect(pollDelayMs(phase, 0, null, 0.5)).toBe(ms)
    fc.assert(
      fc.property(random, (luck) => {
        const delay = pollDelayMs(phase, 0, null, luck)
        expect(delay).toBeGreaterThanOrEqual(ms * 0.8)
        expect(delay).toBeLessThanOrEqual(ms * 1.2)
      }),
      runs(50),
    )
  })

  test("is what the user wants, whatever the phase", () => {
    expect(pollDelayMs("BUILD", 0, 9_000, 0.5)).toBe(9_000)
    expect(pollDelayMs("QUEUED", 0, 9_000, 0.5)).toBe(9_000)
  })

  test("is a minute at most while the service complains", () => {
    expect(pollDelayMs("BUILD", 3, null, 0.5)).toBe(40_000)
    expect(pollDelayMs("BUILD", 4, null, 0.5)).toBe(60_000)
    expect(pollDelayMs("BUILD", 40, null, 0.5)).toBe(60_000)
  })

  test("never shrinks when the service complains again, and has an end", () => {
    const everyMs = fc.option(fc.integer({ min: 100, max: 300_000 }))
    fc.assert(
      fc.property(fc.nat(40), everyMs, random, (throttled, every, luck) => {
        const delay = pollDelayMs("BUILD", throttled, every, luck)
        expect(pollDelayMs("BUILD", throttled + 1, every, luck)).toBeGreaterThanOrEqual(delay)
        expect(delay).toBeLessThanOrEqual(Math.max(60_000, (every ?? 0) * 1.2))
      }),
      runs(200),
    )
  })
})

function phase(type: string, status: Build["status"] | null, ...messages: string[]) {
  return { type, status, seconds: 1, messages }
}

describe("how a build ended", () => {
  test("is told with the first phase that failed and what is said of it", () => {
    const phases = [
      phase("SUBMITTED", "SUCCEEDED"),
      phase("BUILD", "FAILED", "COMMAND_EXECUTION_ERROR: exit status 1"),
      phase("UPLOAD_ARTIFACTS", "FAILED", "no such file"),
    ]
    expect(describeEnd(ended("FAILED", { phases }))).toBe(
      "build shop:1 failed in BUILD: COMMAND_EXECUTION_ERROR: exit status 1",
    )
  })

  test.each([
    ["SUCCEEDED", "build shop:1 succeeded"],
    ["FAILED", "build shop:1 failed"],
    ["FAULT", "build shop:1 failed by a fault of CodeBuild"],
    ["TIMED_OUT", "build shop:1 ran out of time"],
    ["STOPPED", "build shop:1 was stopped"],
    ["IN_PROGRESS", "build shop:1 ended without a result"],
  ] as const)("is told for %s without a phase", (status, text) => {
    expect(describeEnd(ended(status))).toBe(text)
  })

  test("has no failing phase while one runs or all are well", () => {
    const phases = [phase("SUBMITTED", "SUCCEEDED"), phase("BUILD", "IN_PROGRESS"), phase("POST_BUILD", null)]
    expect(failingPhase(ended("FAILED", { phases }))).toBeNull()
  })

  test("cannot send control characters to a terminal", () => {
    const phases = [phase("BUILD\u001b[2J", "FAILED", `\u001b]0;x\u0007${"y".repeat(2_000)}`)]
    const text = describeEnd(ended("FAILED", { phases }))
    expect(text).not.toMatch(/\p{Cc}/u)
    expect(text.length).toBeLessThan(700)
  })
})
