import { describe, expect, test } from "vitest"
import type { Build } from "../../../src/core/build.ts"
import type { Start } from "../../../src/deploy/core/plan.ts"
import { Course } from "./course.ts"
import { broken, build, ended, plan } from "./scene.ts"

const commit = "a".repeat(40)
const resumed = { type: "resume", build: "shop:1" } as const
const ofCommit: Start = { type: "build", commit, detach: false }

/** A run whose build was started in the first moment. */
function started(change: Partial<Build> = {}, start: Start = ofCommit): Course {
  return new Course("starting", { plan: plan({ start }), build: null }).at(0, {
    type: "build-started",
    build: build(change),
  })
}

/** A run that follows a build which it did not start. */
function following(): Course {
  const poll = { dueMs: 0, asked: null, throttled: 0, silentSinceMs: null }
  const phase = { name: "building", id: "shop:1", sinceMs: 0, poll } as const
  return new Course("building", { plan: plan({ start: resumed }), build: null, phase })
}

/** Answers the question that is asked by then. */
function answered(course: Course, seconds: number, seen: Build): Course {
  const { asks } = course.waits(seconds).state
  return course.at(seconds, { type: "build-seen", ask: asks, build: seen, random: 0.5 })
}

function missing(course: Course, seconds: number): Course {
  const { asks } = course.waits(seconds).state
  return course.at(seconds, { type: "build-missing", ask: asks, random: 0.5 })
}

function unseen(
  course: Course,
  seconds: number,
  reason: "throttled" | "passing" | "final",
  failure = broken,
) {
  const { asks } = course.waits(seconds).state
  return course.at(seconds, { type: "build-unseen", ask: asks, failure, reason, random: 0.5 })
}

const failedBy = (course: Course) => {
  const { phase } = course.state
  return "ending" in phase && phase.ending.type === "failed" ? phase.ending.failure : null
}

/** Whether the build is asked for at just this time, and not a moment earlier. */
function asksAt(course: Course, seconds: number): boolean {
  return course.waits(seconds - 0.001).done.length === 0 && course.waits(seconds).done[0] === "read-build"
}

describe("a build that was started", () => {
  test.each([
    ["its own commit", { commit: "b".repeat(40) }, ofCommit, "b".repeat(40)],
    ["the commit that was wanted", {}, ofCommit, commit],
    ["no commit", {}, { type: "build", commit: null, detach: false } as const, null],
  ])("is reported with %s, and its log is followed", (_, change, start, source) => {
    const course = started({ ...change, number: 7, url: "https://console" }, start)
    expect(course.told).toEqual([
      { type: "build-started", build: "shop:1", number: 7, source, url: "https://console" },
    ])
    expect([course.done, course.phase]).toEqual([["follow-log"], "building"])
    expect(course.state.build?.id).toBe("shop:1")
    expect(course.waits(0).effects).toEqual([{ do: "read-build", id: "shop:1", ask: 1 }])
  })

  test("is left alone when the lock was lost meanwhile", () => {
    const course = new Course("starting", {}).at(0, { type: "lock-lost", holder: "bert" })
    course.at(1, { type: "build-started", build: build() })
    expect(failedBy(course)?.code).toBe("LOCK_LOST")
  })

  test("waits three seconds for another interrupt when a person sent one meanwhile", () => {
    const course = new Course("starting", {}).at(0, { type: "interrupted", signal: "SIGINT" })
    course.at(1, { type: "build-started", build: build() })
    expect(course.told.at(-1)).toEqual({ type: "stopping-soon", build: "shop:1", seconds: 3 })
    expect(course.waits(3.999).phase).toBe("leaving")
    expect(course.waits(4).state.phase).toMatchObject({
      ending: { type: "interrupted", signal: "SIGINT", buildStopped: false },
    })
  })

  test("is left at once when a machine ends the run", () => {
    const course = new Course("starting", {}).at(0, { type: "interrupted", signal: "SIGTERM" })
    course.at(1, { type: "build-started", build: build() })
    expect(course.state.phase).toMatchObject({
      ending: { type: "interrupted", signal: "SIGTERM", buildStopped: false },
    })
  })
})

describe("a build that runs", () => {
  test("is asked for again after a time by its phase, one question at a time", () => {
    const course = started()
    course.waits(0)
    expect(course.waits(60).done).toEqual([])
    answered(course, 60, build())
    expect(asksAt(course, 65)).toBe(true)
    answered(course, 65, build({ currentPhase: "FINALIZING" }))
    expect(asksAt(course, 67)).toBe(true)
  })

  test("is reported by each phase that begins or ends, once", () => {
    const phase = (status: Build["status"] | null, seconds: number | null) => ({
      ...{ type: "BUILD", status, seconds, messages: [] },
    })
    const installed = { type: "INSTALL", status: "SUCCEEDED", seconds: 3, messages: [] } as const
    const course = started()
    const toldBy = (seconds: number, ...phases: Build["phases"]) =>
      answered(course, seconds, build({ phases })).told
    expect(toldBy(1, installed)).toEqual([
      { type: "build-phase", phase: "INSTALL", status: "SUCCEEDED", seconds: 3 },
    ])
    expect(toldBy(10, installed, phase(null, null))).toEqual([
      { type: "build-phase", phase: "BUILD", status: null, seconds: null },
    ])
    expect(toldBy(20, installed, phase(null, null))).toEqual([])
    expect(toldBy(30, installed, phase("FAILED", 9))).toMatchObject([{ phase: "BUILD", status: "FAILED" }])
  })

  test("is reported, and its log followed, when the run that follows it did not start it", () => {
    const course = answered(following(), 0, build({ number: 3 }))
    expect(course.told).toMatchObject([{ type: "build-started", build: "shop:1", number: 3, source: null }])
    expect(course.done).toEqual(["follow-log"])
    expect(answered(course, 10, build()).effects).toEqual([])
  })

  test("is followed for as long as the plan says, and goes on by itself", () => {
    const course = started()
    expect(answered(course, 3_599.999, build()).phase).toBe("building")
    expect(failedBy(course.waits(3_600))).toMatchObject({
      code: "TIMED_OUT",
      message: "build shop:1 did not end within 3600 s; it still runs",
      hint: "follow it further: envseal deploy production --resume shop:1",
    })
  })

  test("is none of another id", () => {
    const course = started()
    const before = course.waits(0).state
    const other = answered(course, 0, ended("SUCCEEDED", { id: "shop:2" }))
    expect([other.state, other.effects]).toEqual([before, []])
  })
})

describe("a build that its service does not know", () => {
  const unknown = { code: "BUILD_FAILED", message: "CodeBuild knows no build shop:1" }

  test("may appear for half a minute after it was started", () => {
    const course = started()
    expect(missing(course, 29.999).phase).toBe("building")
    expect(asksAt(course, 34.999)).toBe(true)
    expect(failedBy(missing(course, 35))).toMatchObject(unknown)
    expect(failedBy(missing(started(), 30))).toMatchObject(unknown)
  })

  test("does not exist when it was not started by this run", () => {
    expect(failedBy(missing(following(), 0))).toMatchObject(unknown)
  })

  test("may be gone for a moment when it was seen before", () => {
    const course = answered(following(), 0, build())
    expect(missing(course, 10).phase).toBe("building")
  })
})

describe("a service that gives no answer", () => {
  test("is reported once, and is asked again until it does", () => {
    const course = unseen(started(), 10, "passing")
    expect(course.told).toEqual([{ type: "build-silent", why: "it broke" }])
    expect(asksAt(course, 15)).toBe(true)
    expect(unseen(course, 15, "passing").told).toEqual([])
    answered(course, 20, build())
    expect(unseen(course, 30, "passing").told).toHaveLength(1)
  })

  test("is given up after ten minutes of silence since its last answer", () => {
    const course = unseen(started(), 100, "passing")
    unseen(course, 400, "passing")
    expect(course.waits(699.999).phase).toBe("building")
    expect(failedBy(course.waits(700))).toMatchObject({
      code: "REMOTE_FAILED",
      message: "CodeBuild gave no answer about build shop:1 for 600 s; it still runs",
      hint: "follow it again: envseal deploy production --resume shop:1",
    })
  })

  test("has all that time again once it has answered", () => {
    const course = unseen(started(), 100, "passing")
    answered(course, 600, build())
    expect(unseen(course, 1_000, "passing").phase).toBe("building")
    expect(course.waits(1_599.999).phase).toBe("building")
    expect(course.waits(1_600).phase).toBe("closing")
  })

  test("since it is asked too often is asked half as often each time, and slowly more often again", () => {
    const course = unseen(started(), 0, "throttled")
    expect(asksAt(course, 10)).toBe(true)
    unseen(course, 10, "throttled")
    expect(asksAt(course, 30)).toBe(true)
    // A failure of another kind changes nothing of that.
    unseen(course, 30, "passing")
    expect(asksAt(course, 50)).toBe(true)
    answered(course, 50, build())
    expect(asksAt(course, 60)).toBe(true)
    answered(course, 60, build())
    expect(asksAt(course, 65)).toBe(true)
    answered(course, 65, build())
    expect(asksAt(course, 70)).toBe(true)
  })

  test("for good ends the run, and the build goes on", () => {
    const refused = { code: "ACCESS_DENIED", message: "you may not", hint: undefined, problems: [] } as const
    expect(failedBy(unseen(started(), 1, "final", refused))).toMatchObject({
      code: "ACCESS_DENIED",
      message: "you may not; build shop:1 still runs",
      hint: "follow it again: envseal deploy production --resume shop:1",
    })
    const hinted = { ...refused, hint: "ask for the right" }
    expect(failedBy(unseen(started(), 1, "final", hinted))?.hint).toBe("ask for the right")
  })
})

describe("a build that ended", () => {
  test.each([
    [60_400, 60],
    [60_600, 61],
    [null, null],
  ])("at %s ms is reported with its seconds as %s", (endedAtMs, seconds) => {
    const course = answered(started(), 100, ended("SUCCEEDED", { endedAtMs }))
    expect(course.told).toContainEqual({ type: "build-ended", build: "shop:1", status: "SUCCEEDED", seconds })
    expect([course.phase, course.done]).toEqual(["imaging", ["drain-log", "find-image"]])
  })

  test("badly is reported once its log is, with where the whole of it is", () => {
    const course = answered(started(), 100, ended("FAILED", { url: "https://console" }))
    expect([course.phase, course.done]).toEqual(["draining", ["drain-log"]])
    expect(failedBy(course.at(101, { type: "log-drained" }))).toMatchObject({
      code: "BUILD_FAILED",
      message: "build shop:1 failed",
      hint: "the whole log: https://console",
    })
  })

  test("badly is reported after ten seconds, though its log is not, and without a hint when it has none", () => {
    const course = answered(started(), 100, ended("FAILED"))
    expect(course.waits(109.999).phase).toBe("draining")
    expect(failedBy(course.waits(110))).toMatchObject({ code: "BUILD_FAILED", hint: undefined })
  })

  test("of a batch is not followed", () => {
    expect(failedBy(answered(started(), 1, ended("SUCCEEDED", { batch: true })))).toMatchObject({
      code: "PROJECT_UNUSABLE",
      message: "build shop:1 is a part of a batch build, which envseal does not follow",
    })
  })
})

describe("a build that its service may run again", () => {
  const failed = ended("FAILED", { retriesLeft: 1 })

  test("is waited for a minute after it failed", () => {
    const course = answered(started(), 100, failed)
    expect(course.phase).toBe("building")
    expect(answered(course, 159.999, failed).phase).toBe("building")
    expect(answered(course, 165, failed).phase).toBe("draining")
    expect(answered(answered(started(), 100, failed), 160, failed).phase).toBe("draining")
  })

  test("is followed from then on, with the time of a new one", () => {
    const course = answered(answered(started(), 100, failed), 130, ended("FAILED", { retriedAs: "shop:2" }))
    expect(course.told).toContainEqual({ type: "build-retried", build: "shop:1", by: "shop:2" })
    expect(course.waits(130).effects).toMatchObject([{ do: "read-build", id: "shop:2" }])
    expect(course.waits(3_729.999).phase).toBe("building")
    expect(failedBy(course.waits(3_730))?.code).toBe("TIMED_OUT")
  })

  test.each([ended("STOPPED", { retriesLeft: 1 }), ended("FAILED")])(
    "is none when it ended as $status with $retriesLeft tries left",
    (build) => {
      expect(answered(started(), 100, build).phase).toBe("draining")
    },
  )

  test("is none when it succeeded", () => {
    expect(answered(started(), 100, ended("SUCCEEDED", { retriesLeft: 1 })).phase).toBe("imaging")
  })
})

describe("a build of another commit", () => {
  test("is refused, with both", () => {
    const other = ended("SUCCEEDED", { commit: "b".repeat(40) })
    expect(failedBy(answered(started(), 1, other))).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `build shop:1 built commit ${"b".repeat(40)}, and ${commit} was asked for`,
    })
  })

  test.each([
    ["it is the same", commit, ofCommit],
    ["the build does not say which it built", null, ofCommit],
    ["the build says it in another form", "v1", ofCommit],
    ["a tag was asked for", "b".repeat(40), { ...ofCommit, commit: "v1" }],
    ["nothing was asked for", "b".repeat(40), { ...ofCommit, commit: null }],
    ["it was started by another run", "b".repeat(40), resumed],
  ] as const)("is none when %s", (_, built, start) => {
    const course = start.type === "resume" ? following() : started({}, start)
    expect(answered(course, 1, ended("SUCCEEDED", { commit: built })).phase).toBe("imaging")
  })
})
