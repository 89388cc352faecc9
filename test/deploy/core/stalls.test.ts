import { describe, expect, test } from "vitest"
import type { Happening } from "../../../src/deploy/core/event.ts"
import { Course, viewOfTrouble, watching } from "./course.ts"
import { deployment, nowhere, pod, release, stateIn } from "./scene.ts"

const done = { ...nowhere, workloads: [deployment()], pods: [pod("a"), pod("b")] }
const time: Happening = { type: "time" }

/** A busy machine: the run stands still for six seconds, again and again, until it ends or for so many times. */
function stalls(course: Course, most: number, next: (course: Course) => Happening): number {
  let times = 0
  let second = course.state.atMs / 1_000
  while (course.phase !== "ended" && course.phase !== "closing" && times < most) {
    second += 6
    course.stopped(second, next(course))
    times++
  }
  return times
}

const endOf = ({ state: { phase } }: Course) => ("ending" in phase ? phase.ending : null)

describe("a run that stands still again and again", () => {
  test("has its lock confirmed by an answer that comes first after such a time", () => {
    const { lock } = stateIn("imaging")
    const course = new Course("imaging", { lock }).at(9, { type: "image-found", release })
    expect(course.phase).toBe("confirming")
    course.stopped(15, { type: "lock-renewed", ask: course.state.asks })
    expect([course.phase, course.done]).toEqual(["patching", ["observe", "patch"]])
  })

  test("is not granted a lock that may be as old as that time", () => {
    const course = new Course("locking", {}).stopped(60, { type: "locked", renewAfterMs: 10_000 })
    expect(course.state.lock).toMatchObject({ status: "held", keptAtMs: null })
  })

  test("ends when its lock is never confirmed, after as many times as make ten minutes of five seconds each", () => {
    const { lock } = stateIn("imaging")
    const course = new Course("imaging", { lock }).at(9, { type: "image-found", release })
    expect(stalls(course, 1_000, () => time)).toBe(120)
    expect(endOf(course)).toMatchObject({ failure: { code: "REMOTE_FAILED" } })
  })

  test("ends when it never sees the cluster, though a view comes each time", () => {
    const course = watching().sees(1, { ...done, pods: [] })
    expect(stalls(course, 1_000, () => ({ type: "seen", view: done }))).toBe(120)
    expect(endOf(course)).toMatchObject({
      failure: { code: "REMOTE_FAILED", message: expect.stringContaining("could not be seen for 600 s") },
    })
  })

  test("is green once it sees the cluster between two of them", () => {
    const course = watching().sees(1, { ...done, pods: [] })
    stalls(course, 20, () => time)
    course.sees(course.state.atMs / 1_000 + 1, done)
    expect(course.isGreen).toBe(true)
  })
})

describe("a cluster that is seen for a moment again and again", () => {
  /** Seen for a second, then lost for 99 s. */
  function blinks(course: Course, times: number): Course {
    for (let time = 1; time <= times && course.phase === "rolling"; time++) {
      course.sees(time * 100, viewOfTrouble({ ready: false })).loses(time * 100 + 1)
      course.waits(time * 100 + 99)
    }
    return course
  }

  test("is watched for half an hour without sight in all, and not longer", () => {
    const course = blinks(watching(), 18)
    expect(course.phase).toBe("rolling")
    course.sees(1_900, viewOfTrouble({ ready: false })).loses(1_901)
    expect(course.waits(1_918.999).phase).toBe("rolling")
    course.waits(1_919)
    const message = "the cluster could not be seen for 1800 s in all; what was begun goes on in it"
    expect(endOf(course)).toMatchObject({ failure: { code: "REMOTE_FAILED", message } })
  })

  test("is green though it was away for a long time in all, once it is seen to be", () => {
    expect(blinks(watching(), 18).sees(1_905, done).isGreen).toBe(true)
  })
})

describe("a cluster of which nothing is ever seen, not even that it cannot be", () => {
  test.each(["rolling", "reverting"] as const)("is waited for ten minutes when %s", (phase) => {
    const course = new Course(phase, { view: null })
    expect(course.waits(599.999).phase).toBe(phase)
    course.waits(600)
    expect(endOf(course)).toMatchObject({ failure: { code: "REMOTE_FAILED" } })
  })

  test("is waited for that long from the last change on", () => {
    const targets = stateIn("rolling").targets.map((one) => ({ ...one, sinceMs: 100_000 }))
    const course = new Course("rolling", { view: null, targets })
    expect(course.waits(699.999).phase).toBe("rolling")
    expect(course.waits(700).phase).toBe("closing")
  })
})
