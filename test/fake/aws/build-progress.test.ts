import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Play, phaseTypes, type TimedPhase } from "./build-play.ts"
import { progressOf, startOf, successOf } from "./build-progress.ts"
import type { BuildRecord } from "./build-record.ts"
import { shopProject } from "./deploy-world.ts"

const startedAt = Date.parse("2026-01-01T00:00:00Z")

function recordOf(play: Play, stoppedAfter: number | null = null): BuildRecord {
  return {
    ...{ uuid: "1", number: 1, place: { account: "111122223333", region: "eu-west-1" } },
    ...{ project: shopProject(), play, startedAt, retryOf: null, retriedAs: null, retryNumber: 0 },
    order: {
      sourceVersion: null,
      variables: [],
      autoRetryLimit: 0,
      sourceFault: null,
      initiator: "deployer/static",
    },
    stoppedAt: stoppedAfter === null ? null : startedAt + stoppedAfter,
  }
}

const progressAfter = (record: BuildRecord, seconds: number) => progressOf(record, startedAt + seconds * 1000)

describe("a build", () => {
  test("is queued when it has just begun", () => {
    const { current, status, completedAt, phases } = progressAfter(recordOf({}), 0)
    expect({ current, status, completedAt }).toEqual({
      current: "QUEUED",
      status: "IN_PROGRESS",
      completedAt: null,
    })
    expect(phases.map(({ end }) => end)).toEqual([startedAt, null])
  })

  test("is in a phase until the moment that it ends, and then in the next", () => {
    expect(progressAfter(recordOf({}), 10.999).current).toBe("PROVISIONING")
    expect(progressAfter(recordOf({}), 11).current).toBe("DOWNLOAD_SOURCE")
  })

  test("keeps its status until it is complete, also after a phase has failed", () => {
    const record = recordOf({ failure: { phase: "PRE_BUILD" } })
    expect(progressAfter(record, 20)).toMatchObject({ status: "IN_PROGRESS", current: "FINALIZING" })
    expect(progressAfter(record, 22)).toMatchObject({ status: "FAILED", current: "COMPLETED" })
  })

  test("that is stopped ends in that moment, with its phase and itself stopped", () => {
    const progress = progressAfter(recordOf({ failure: { phase: "BUILD" } }, 30_000), 1000)
    expect(progress.phases.slice(-2).map(({ type, status }) => `${type} ${status}`)).toEqual([
      "BUILD STOPPED",
      "COMPLETED SUCCEEDED",
    ])
    expect(progress).toMatchObject({ status: "STOPPED", completedAt: startedAt + 30_000 })
  })

  test("has no start and no success of a phase that it never comes to", () => {
    const record = recordOf({ failure: { phase: "PROVISIONING" } })
    expect(startOf(record, "PROVISIONING")).toBe(startedAt + 1000)
    expect(successOf(record, "PROVISIONING")).toBeNull()
    expect(startOf(record, "BUILD")).toBeNull()
    expect(successOf(record, "BUILD")).toBeNull()
    expect(successOf(recordOf({ failure: { phase: "BUILD" } }), "POST_BUILD")).toBeNull()
    expect(successOf(recordOf({}), "POST_BUILD")).toBe(startedAt + 90_000)
  })
})

const timedPhase = fc.constantFrom(...phaseTypes.filter((type): type is TimedPhase => type !== "COMPLETED"))
const play = fc.record(
  {
    seconds: fc.dictionary(timedPhase, fc.integer({ min: 0, max: 100 })),
    failure: fc.record({
      phase: timedPhase,
      status: fc.constantFrom("FAILED", "FAULT", "TIMED_OUT", "STOPPED"),
    }),
  },
  { requiredKeys: [] },
)

test("whatever is played, phases only come to an end, one runs at a time, and the build ends once", () => {
  const stop = fc.option(fc.integer({ min: 0, max: 300_000 }))
  const times = fc.array(fc.integer({ min: 0, max: 1_200_000 }), { minLength: 2, maxLength: 20 })
  fc.assert(
    fc.property(play, stop, times, (played, stoppedAfter, offsets) => {
      const running = recordOf(played as Play)
      const isStopped =
        stoppedAfter !== null && progressOf(running, startedAt + stoppedAfter).completedAt === null
      const record = isStopped ? recordOf(played as Play, stoppedAfter) : running
      let ended = 0
      for (const offset of [...offsets].sort((a, b) => a - b)) {
        const { phases, status, completedAt, current } = progressOf(record, startedAt + offset)
        const open = phases.filter(({ end }) => end === null)
        expect(open.map(({ type }) => type)).toEqual([current])
        expect(status === "IN_PROGRESS").toBe(completedAt === null)
        expect(current === "COMPLETED").toBe(completedAt !== null)
        const closed = phases.length - open.length
        expect(closed).toBeGreaterThanOrEqual(ended)
        ended = closed
      }
      expect(progressOf(record, startedAt + 10_000_000).completedAt).not.toBeNull()
    }),
  )
})
