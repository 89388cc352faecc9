import { describe, expect, test } from "vitest"
import type { Happening, View } from "../../../src/deploy/core/event.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { jumpMs } from "../../../src/deploy/core/watching.ts"
import { tickMs } from "../../../src/deploy/run/run.ts"
import { Course, viewOfTrouble, watching } from "./course.ts"
import {
  broken,
  deployment,
  newImage,
  nowhere,
  oldImage,
  pod,
  refused,
  stateIn,
  target,
  waits,
} from "./scene.ts"

const old = { app: oldImage }
const names = ["web", "worker"] as const
const clues = { workload: "deployment/web", log: [], events: [] }
const setback = { failure: refused, trouble: null, clues: null }

/** `web` with a pod that cannot have its image, or is not ready. */
const pulls = viewOfTrouble(waits("ErrImagePull"), { image: oldImage })
const unready = viewOfTrouble({ ready: false }, { image: oldImage })
const crashes = viewOfTrouble(waits("CrashLoopBackOff", 3, 1))
const done: View = { ...nowhere, workloads: [deployment()], pods: [pod("a"), pod("b")] }

const patched = (name: string, did: "patch" | "restore" = "patch"): Happening => ({
  ...{ type: "patched", did, workload: `deployment/${name}`, before: old, changed: true },
  ...{ given: { app: did === "patch" ? newImage : oldImage } },
  ...{ generation: 2, staleDeadline: null },
})
const failed = (name: string, did: "patch" | "restore", failure = broken): Happening => ({
  ...{ type: "patch-failed", did, workload: `deployment/${name}`, failure, foreign: false },
})
const endOf = ({ state: { phase } }: Course) => ("ending" in phase ? phase.ending : null)

/** Answers the renewal that was asked for last. */
function keepsLock(course: Course, seconds: number): Course {
  return course.at(seconds, { type: "lock-renewed", ask: course.state.asks })
}

describe("a time in which the run stood still", () => {
  test.each([
    ["a pull that failed before", pulls, 46],
    ["a rollout that did not move before", unready, 700],
    ["a crash loop", crashes, 60],
  ])("is not held against %s", (_, view, seconds) => {
    const course = watching().sees(1, view).stopped(seconds, { type: "time" })
    expect(course.done).toEqual(["observe", "renew-lock"])
    expect(course.told).toEqual([{ type: "contact-lost", why: `this run stood still for ${seconds - 1} s` }])
    for (let second = 1; second < 60; second++)
      expect(course.waits(seconds + second).done).not.toContain("examine")
    expect(course.sees(seconds + 60, done).isGreen).toBe(true)
  })

  test.each<Happening>([{ type: "time" }, { type: "seen", view: pulls }, { type: "lock-renewed", ask: 7 }])(
    "is noticed by the first event after it: $type",
    (event) => {
      const course = watching().sees(1, pulls).stopped(46, event)
      expect([course.phase, course.state.blindSinceMs]).toEqual(["rolling", 1_000])
      expect(course.state.lock.keptAtMs).toBeNull()
    },
  )

  test("is one from five seconds on, twenty times as long as between two ticks", () => {
    const pausedFor = (ms: number) =>
      watching()
        .sees(1, pulls)
        .stopped(1 + ms / 1_000, { type: "time" })
    expect(pausedFor(jumpMs).state.blindSinceMs).toBeNull()
    expect(pausedFor(jumpMs + 1).state.blindSinceMs).toBe(1_000)
    expect(jumpMs).toBe(20 * tickMs)
  })

  test("gives what is seen after it all its time again", () => {
    const course = watching().sees(1, pulls).stopped(46, { type: "time" }).sees(47, pulls)
    expect(course.sees(76.9, pulls).phase).toBe("rolling")
    expect(course.sees(77, pulls).phase).toBe("examining")
  })

  test("forgets a doom that was found before it, while the reason was looked for", () => {
    const course = watching().sees(0, crashes).sees(10, crashes)
    expect(course.phase).toBe("examining")
    course.stopped(70, { type: "examined", clues })
    expect([course.phase, course.done, course.state.setback]).toEqual(["rolling", ["observe"], null])
    expect(course.sees(71, done).isGreen).toBe(true)
  })

  test("does not use up the time that a step may take", () => {
    const course = new Course("closing", {}).stopped(60, { type: "time" })
    expect(course.phase).toBe("closing")
    expect(course.at(61, { type: "unlocked", why: null }).phase).toBe("ended")
  })
})

describe("after a time without sight, nothing is changed", () => {
  /** A run that goes back for what it is refused, not for what it saw. */
  function confirmingBack(): Course {
    const hook = { name: "hook", when: "after", index: 0 } as const
    const { plan } = stateIn("hook")
    const hooks = { before: [], after: ["smoke"] }
    const targets = [target({ stage: "forward" })]
    return new Course("hook", { plan: { ...plan, hooks }, phase: hook, targets })
      .stopped(30, { type: "time" })
      .at(30.1, { type: "hook-failed", hook: "smoke", failure: refused, over: true })
  }

  test("before the lock was confirmed and the cluster is seen", () => {
    const course = confirmingBack()
    expect([course.phase, course.done]).toEqual(["confirming", []])
    keepsLock(course, 31)
    expect([course.phase, course.done]).toEqual(["confirming", []])
    course.sees(32, done)
    expect([course.phase, course.done]).toEqual(["restoring", ["restore"]])
  })

  test("ends a run by its own cause when the cluster will never be seen again", () => {
    const course = confirmingBack().at(31, { type: "unwatchable", failure: broken })
    expect(course.phase).toBe("closing")
    expect(endOf(course)).toMatchObject({ type: "failed", failure: broken })
  })

  test("when the lock is somebody else's by then", () => {
    const course = confirmingBack().at(31, { type: "lock-lost", holder: "bert" })
    expect(endOf(course)).toMatchObject({ failure: { code: "LOCK_LOST" } })
    expect(course.done).toEqual([])
  })

  test("by an answer about the lock that was asked for before", () => {
    const lock = { ...stateIn("imaging").lock, renewing: [{ ask: 4, sentAtMs: 0 }] }
    const course = new Course("imaging", { lock, asks: 4 })
    course.stopped(60, { type: "lock-renewed", ask: 4 })
    const release = { ...stateIn("imaging").release }
    expect(release.image).toBe(newImage)
    course.at(60.1, { type: "image-found", release: release as never })
    expect([course.phase, course.done]).toEqual(["confirming", ["renew-lock"]])
    expect(course.at(60.2, { type: "lock-renewed", ask: 4 }).phase).toBe("confirming")
    expect(keepsLock(course, 60.3).done).toEqual(["observe", "patch"])
  })

  test("but judged again, when it was to be taken back for what was seen before", () => {
    const course = watching().sees(0, crashes).sees(10, crashes)
    course.stopped(10.2, { type: "examined", clues })
    expect(course.phase).toBe("restoring")
    const blind = watching({ lock: stateIn("rolling").lock })
      .sees(0, crashes)
      .sees(10, crashes)
    expect(blind.at(10.2, { type: "examined", clues }).phase).toBe("confirming")
    blind.loses(11)
    expect([blind.phase, blind.state.setback]).toEqual(["rolling", null])
    expect(blind.sees(40, done).isGreen).toBe(true)
  })
})

test("going back has a time without sight of its own: what was used up on the way forward does not shorten it", () => {
  const hook = { name: "hook", when: "after", index: 0 } as const
  const { plan } = stateIn("hook")
  const change = {
    plan: { ...plan, hooks: { before: [], after: ["smoke"] } },
    phase: hook,
    blindMs: 1_700_000,
  }
  const course = new Course("hook", { ...change, targets: [target({ stage: "forward" })] })
  course.sees(1, done).at(2, { type: "hook-failed", hook: "smoke", failure: refused, over: true })
  expect(course.done).toEqual(["restore"])
  course.at(3, failed("web", "restore")).loses(4).waits(6).waits(590)
  expect(course.phase).toBe("confirming")
  expect(keepsLock(course.sees(595, done), 595.1).done).toEqual(["restore"])
})

/** A run that has sent its patches to `web` and `worker`. */
function patching(): Course {
  const targets = names.map((name) => target({ stage: "patching" }, "Deployment", name))
  return new Course("patching", { targets })
}

/** A run that gives back what `web` and `worker` had. */
function restoring(change: Partial<Target> = {}): Course {
  const targets = names.map((name) => target({ stage: "restoring", ...change }, "Deployment", name))
  return new Course("restoring", { targets, setback })
}

describe.each([
  ["patch", patching],
  ["restore", restoring],
] as const)("a %s that the cluster could not answer", (did, begun) => {
  test("is asked for again two seconds later, and the others are not", () => {
    const course = begun().at(1, patched("web", did)).at(2, failed("worker", did))
    expect(course.waits(3.999).done).toEqual([])
    expect(course.waits(4).effects).toMatchObject([{ do: did, ref: { name: "worker" } }])
    const phase = did === "patch" ? "rolling" : "reverting"
    expect(course.at(5, patched("worker", did)).phase).toBe(phase)
  })

  test("is not asked for again while the cluster is not seen, nor before the lock is confirmed", () => {
    const course = begun().at(1, patched("web", did)).at(2, failed("worker", did)).loses(3)
    course.waits(4)
    expect([course.phase, course.done]).toEqual(["confirming", ["renew-lock"]])
    expect(course.sees(45, done).phase).toBe("confirming")
    expect(keepsLock(course, 45.1).done).toEqual([did])
    const stopped = begun().at(1, patched("web", did)).at(2, failed("worker", did))
    stopped.stopped(62, { type: "time" }).sees(63, done).waits(65)
    expect([stopped.phase, stopped.done]).toEqual(["confirming", []])
    expect(keepsLock(stopped, 66).done).toEqual([did])
  })

  test("is asked for as long as a rollout is watched that cannot be seen, and not longer", () => {
    const course = begun().at(0, patched("web", did)).at(1, failed("worker", did))
    for (let second = 3; second <= 599; second += 4)
      course.waits(second).at(second + 1, failed("worker", did))
    course.waits(602)
    expect(course.done).toEqual([did])
    course.at(602.5, failed("worker", did))
    if (did === "patch") expect(course.state.setback?.failure.message).toContain("deployment/worker")
    else expect(course.state.targets).toMatchObject([{ stage: "back" }, { stage: "stuck" }])
  })

  /** The cluster is seen for a second, then lost for 299 s, while a change is still to be answered. */
  function blinks(course: Course, times: number): Course {
    for (let time = 1; time <= times && course.phase === "confirming"; time++) {
      course.sees(time * 300, done).loses(time * 300 + 1)
      course.waits(time * 300 + 299)
    }
    return course
  }
  const away = () => begun().at(0, patched("web", did)).at(1, failed("worker", did)).loses(1).waits(3)

  test("is asked for again after each time in which the cluster was away, whatever they are together", () => {
    const course = away().sees(400, done).loses(401).waits(700)
    expect(keepsLock(course.sees(701, done), 701.1).done).toEqual([did])
    course.at(702, failed("worker", did)).loses(703).waits(704).sees(1_000, done)
    expect(keepsLock(course, 1_000.1).done).toEqual([did])
  })

  test("is asked for again when it failed while the cluster was away for long, but is seen later", () => {
    const course = begun().at(0, patched("web", did)).at(1, failed("worker", did)).waits(3).loses(10)
    expect(course.at(605, failed("worker", did)).waits(607).phase).toBe("confirming")
    expect(keepsLock(course.sees(608, done), 608.1).done).toEqual([did])
  })

  test("is given up when the cluster is not seen for ten minutes, or half an hour in all", () => {
    const course = away()
    expect(course.waits(600.999).phase).toBe("confirming")
    const code = did === "patch" ? "REMOTE_FAILED" : "ROLLBACK_FAILED"
    expect(endOf(course.waits(601))).toMatchObject({ failure: { code } })
    expect(course.done).not.toContain(did)
    const often = blinks(away(), 5).sees(1_800, done).loses(1_801)
    expect(often.waits(1_806.999).phase).toBe("confirming")
    expect(endOf(often.waits(1_807))).toMatchObject({ failure: { code } })
  })

  test("is not asked for any more once the lock is lost: what runs is mixed", () => {
    const course = begun().at(1, patched("web", did)).at(2, failed("worker", did))
    course.at(3, { type: "lock-lost", holder: "bert" })
    expect(endOf(course)).toMatchObject({ failure: { code: "LOCK_LOST" } })
    expect(course.told.at(-1)).toMatchObject({ type: "ended", standing: "mixed" })
    expect(course.done).toEqual([])
  })

  test("is not asked for any more once a person ends the run", () => {
    const course = begun().at(1, patched("web", did)).at(2, failed("worker", did))
    course.at(3, { type: "interrupted", signal: "SIGINT" })
    expect(endOf(course)).toMatchObject({ type: "interrupted" })
  })
})

test("a patch that waits to be tried again is taken back when another one is refused", () => {
  const course = patching()
    .at(1, failed("web", "patch"))
    .at(2, failed("worker", "patch", refused))
  expect(course.phase).toBe("restoring")
  expect(course.done).toEqual(["restore", "restore"])
})
