import { describe, expect, test } from "vitest"
import type { Build } from "../../../src/core/build.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import { LogFollower } from "../../../src/deploy/run/log-follower.ts"
import type { LogLine } from "../../../src/ports/builder.ts"
import { FakeTimer } from "../../fake/timer.ts"

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
  reseals: null,
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
    expect((await follow([page(99), page(4)], 1)).slice(0, 2)).toEqual(["read 99", "pause 2000"])
  })

  test("that cannot be read for a while is asked for more and more seldom, every 30 s at last", async () => {
    const pauses: number[] = []
    let isAnswered = false
    const over = new AbortController()
    const logTail = {
      read: async () => {
        if (!isAnswered) throw new EnvsealError("THROTTLED", "too often")
        return { lines: [], cursor: "1" }
      },
    }
    const timer = {
      nowMs: () => 0,
      sleep: async (ms: number) => {
        pauses.push(ms)
        isAnswered = pauses.length === 6
        if (pauses.length === 7) over.abort()
      },
    }
    const log = { warn: (text: string) => expect.fail(text), debug: () => {} }
    await new LogFollower(build, { logTail, timer, log }, () => {}, over.signal).run()
    expect(pauses).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 2_000])
  })

  test("is read to its end without a pause between its lines once the build has ended", async () => {
    const course = await follow([page(1), page(1), page(1)], 1)
    expect(course).toEqual([
      ...["read 1", "pause 2000", "read 1", "read 1"],
      ...["read 0", "pause 500", "read 0", "pause 500"],
    ])
  })
})

/** A log that grows by what a test writes into it. */
function growing() {
  const written: LogLine[] = []
  const told: string[] = []
  const warned: string[] = []
  const logTail = {
    read: async (_: string, stream: string, cursor: string | null) => {
      const lines = stream === "1" ? written.slice(Number(cursor ?? 0)) : []
      return stream === "1" ? { lines, cursor: String(written.length) } : null
    },
  }
  const timer = new FakeTimer()
  const log = { warn: (text: string) => warned.push(text), debug: () => {} }
  const over = new AbortController()
  const follow = (from: Build) =>
    new LogFollower(from, { logTail, timer, log }, ({ text }) => told.push(text), over.signal)
  return { write: (text: string) => written.push({ atMs: 0, text }), told, warned, timer, over, follow }
}

describe("The end of a build's log", () => {
  test("is reported though nothing was written for a while before the build ended", async () => {
    const { write, told, timer, follow } = growing()
    const follower = follow(build)
    const following = follower.run()
    write("composer install")
    await timer.pass(60_000)
    write("no such package")
    follower.drain()
    // It is said at each of the two moments when the build is known to have ended.
    follower.drain()
    await timer.pass(10_000)
    await following
    expect(told).toEqual(["composer install", "no such package"])
  })

  test("is reported though the build says where its log is only once it has ended", async () => {
    const { write, told, warned, timer, follow } = growing()
    const follower = follow({ ...build, log: { type: "pending" } })
    const following = follower.run()
    await timer.pass(60_000)
    write("no such source")
    follower.update(build)
    follower.drain()
    await timer.pass(10_000)
    await following
    expect([told, warned]).toEqual([["no such source"], []])
  })

  test("is not waited for again when the end of the build is said a second time", async () => {
    const { write, told, timer, follow } = growing()
    write("done")
    const follower = follow(build)
    let isOver = false
    const following = follower.run().then(() => {
      isOver = true
    })
    follower.drain()
    // After the line, two empty pages half a second apart are the end.
    await timer.pass(400)
    follower.drain()
    await timer.pass(599)
    expect(isOver).toBe(false)
    await timer.pass(1)
    await following
    expect(told).toEqual(["done"])
  })
})

describe("A log that cannot be shown", () => {
  test.each([
    [
      "its stream is not there",
      { type: "stream", group: "g", stream: "2" },
      "there is no stream 2 in the log group g",
    ],
    ["it is elsewhere", { type: "elsewhere", where: "s3://logs" }, "its log is s3://logs"],
  ] as const)("is said once when %s", async (_, log, why) => {
    const { warned, timer, follow } = growing()
    const follower = follow({ ...build, log })
    const following = follower.run()
    follower.drain()
    await timer.pass(10_000)
    await following
    expect(warned).toEqual([`the lines of the build are not shown: ${why}`])
  })

  test("is not said of a build whose log never began", async () => {
    const { warned, timer, follow } = growing()
    const follower = follow({ ...build, log: { type: "pending" } })
    const following = follower.run()
    follower.drain()
    await timer.pass(10_000)
    await following
    expect(warned).toEqual([])
  })

  test("ends with the run", async () => {
    const { timer, over, follow } = growing()
    const following = follow(build).run()
    await timer.pass(5_000)
    over.abort()
    await timer.pass(0)
    await expect(following).resolves.toBeUndefined()
  })
})
