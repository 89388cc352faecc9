import { describe, expect, test } from "vitest"
import type { Build } from "../../../src/core/build.ts"
import { LogFollower } from "../../../src/deploy/run/log-follower.ts"
import type { LogLine } from "../../../src/ports/builder.ts"

const build: Build = {
  id: "shop:1",
  project: "shop",
  number: 1,
  status: "IN_PROGRESS",
  complete: false,
  currentPhase: "BUILD",
  phases: [],
  startedAtMs: 0,
  endedAtMs: null,
  commit: null,
  exported: {},
  log: { type: "stream", group: "/aws/codebuild/shop", stream: "1" },
  url: null,
  retriedAs: null,
  retriesLeft: 0,
  batch: false,
}

function page(length: number): readonly LogLine[] {
  return Array.from({ length }, (_, index) => ({ atMs: index, text: `line ${index}` }))
}

/** Follows a log of these pages, and drains it in the pause of that number. @returns what happened, in order. */
async function follow(pages: readonly (readonly LogLine[])[], drainInPause: number): Promise<string[]> {
  const course: string[] = []
  let reads = 0
  let pauses = 0
  const logTail = {
    read: async () => {
      const lines = pages[reads] ?? []
      course.push(`read ${lines.length}`)
      reads += 1
      return { lines, cursor: String(Math.min(reads, pages.length)) }
    },
  }
  const timer = {
    nowMs: () => 0,
    sleep: async (ms: number) => {
      course.push(`pause ${ms}`)
      pauses += 1
      if (pauses === drainInPause) follower.drain()
    },
  }
  const log = { warn: (text: string) => course.push(text), debug: () => {} }
  const ports = { logTail, timer, log }
  const follower = new LogFollower(build, ports, () => {}, new AbortController().signal)
  await follower.run()
  return course
}

describe("A log that is followed", () => {
  test("is asked for once a look, while there are a few lines each time", async () => {
    const course = await follow([page(3), page(2), page(1)], 3)
    expect(course.slice(0, 6)).toEqual([
      "read 3",
      "pause 2000",
      "read 2",
      "pause 2000",
      "read 1",
      "pause 2000",
    ])
  })

  test("is read on at once after a page of many lines", async () => {
    const course = await follow([page(100), page(4)], 1)
    expect(course.slice(0, 3)).toEqual(["read 100", "read 4", "pause 2000"])
  })

  test("is read to its end without a pause between its lines once the build has ended", async () => {
    const course = await follow([page(1), page(1), page(1)], 1)
    expect(course).toEqual([
      ...["read 1", "pause 2000", "read 1", "read 1"],
      ...["read 0", "pause 500", "read 0", "pause 500"],
    ])
  })
})
