import { describe, expect, test } from "vitest"
import type { CronJob, Pod } from "../../../src/core/kubernetes.ts"
import type { View } from "../../../src/deploy/core/event.ts"
import { workloadEnds } from "../../../src/deploy/core/outcome.ts"
import { type DeployFailure, failure } from "../../../src/deploy/core/plan.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { Course } from "./course.ts"
import {
  cronJob,
  newImage,
  nowhere,
  oldImage,
  type PodChange,
  plan,
  pod,
  refused,
  target,
  waits,
} from "./scene.ts"

const setback = { failure: failure("ROLLOUT_FAILED", "it broke"), trouble: null, clues: null }
const old = { app: oldImage }
const wanted = { images: old, generation: 2, staleDeadline: null }
const text = "cronjob/web"

/** A CronJob that was given back the old image, and a Job that it started. */
function view(pods: readonly Pod[], concurrencyPolicy = "Forbid"): View {
  const live = cronJob(false, oldImage)
  const status = { active: [{ name: "web-1", uid: "uid-job" }] }
  const workload: CronJob = { ...live, spec: { ...live.spec, concurrencyPolicy }, status }
  return { ...nowhere, workloads: [workload], pods }
}

const ofJob = (change: PodChange = {}) => pod("web-1-x", { owner: "uid-job", ...change })
const missing = waits("CreateContainerConfigError")
const running: PodChange = { ready: false, status: { state: { running: {} } } }
const told = { type: "job-deleted", workload: text, job: "web-1" }
const blocks = /^its Job web-1 has another image, .*: kubectl delete job web-1$/
const deletion = { do: "delete-job", name: "web-1", uid: "uid-job" }

const answered = (failure: DeployFailure | null = null) =>
  ({ type: "job-deleted", uid: "uid-job", failure }) as const

const unwatchable = { type: "unwatchable", failure: refused } as const

const noteOf = ({ state }: Course) => workloadEnds(state)[0]?.note

function reverting(change: Partial<Target> = {}): Course {
  const back = target({ stage: "back", wanted, ...change }, "CronJob", "web")
  return new Course("reverting", { targets: [back], setback })
}

describe("a CronJob that goes back and starts no Job beside another", () => {
  test.each<readonly [string, PodChange]>([
    ["cannot start", missing],
    ["cannot get its image", waits("ErrImagePull")],
    ["crashes again and again", waits("CrashLoopBackOff", 3, 1)],
  ])("has a Job of the failed image deleted that %s, once, and then nothing is in its way", (_, change) => {
    const course = reverting().sees(1, view([ofJob(change)]))
    expect(course.effects).toContainEqual(deletion)
    // It is told once it is done.
    expect(course.told).not.toContainEqual(told)
    expect(course.sees(2, view([ofJob(change)])).done).toEqual([])
    expect(course.phase).toBe("reverting")
    // Then it is not told to be in the way, though it is seen for a moment more.
    expect(course.at(3, answered()).told).toContainEqual(told)
    expect(course.phase).toBe("closing")
    expect(noteOf(course)).toBe("its next run will use it")
  })

  test.each<readonly [string, PodChange]>([
    [
      "gets its image still",
      { ready: false, status: { state: { waiting: { reason: "ContainerCreating" } } } },
    ],
    ["waits for a machine", { ready: false, unschedulable: true }],
  ])("keeps one that %s, and says that it is in the way", (_, change) => {
    const course = reverting().sees(1, view([ofJob(change)]))
    expect(course.effects).not.toContainEqual(deletion)
    expect(course.phase).toBe("closing")
    expect(noteOf(course)).toMatch(blocks)
  })

  test.each<readonly [string, (course: Course) => Course]>([
    ["is refused", (course) => course.at(2, answered(refused))],
    ["gets no answer for 45 s", (course) => course.waits(45.999).waits(46)],
    ["gets none once nothing can be watched", (course) => course.at(2, unwatchable).waits(45.999).waits(46)],
    ["gets none while the cluster is not seen", (course) => course.loses(2).waits(45.999).waits(46)],
  ])("says that its Job is in the way when deleting it %s", (_, course) => {
    const begun = reverting().sees(1, view([ofJob(missing)]))
    expect(begun.waits(1.5).phase).toBe("reverting")
    expect(course(begun).phase).toBe("closing")
    expect(begun.told).not.toContainEqual(told)
    expect(noteOf(begun)).toMatch(blocks)
    expect(begun.state.phase).toMatchObject({ ending: { type: "failed", failure: setback.failure } })
  })

  test("waits for 45 s and no less", () => {
    expect(
      reverting()
        .sees(1, view([ofJob(missing)]))
        .waits(45.999).phase,
    ).toBe("reverting")
  })

  test.each<readonly [string, readonly Pod[], string]>([
    ["is at work", [ofJob(running)], "Forbid"],
    ["has one pod at work", [ofJob(missing), pod("web-1-y", { owner: "uid-job", ...running })], "Forbid"],
    ["is of the image before", [ofJob({ ...missing, image: oldImage })], "Forbid"],
    ["is over", [ofJob({ ...missing, phase: "Failed" })], "Forbid"],
    ["is another one's", [ofJob({ ...missing, owner: "uid-other" })], "Forbid"],
    ["has no pod that is seen", [], "Forbid"],
    ["keeps nothing from starting", [ofJob(missing)], "Allow"],
  ])("keeps one that %s", (_, pods, policy) => {
    const course = reverting().sees(1, view(pods, policy))
    expect(course.effects).not.toContainEqual(deletion)
    expect(course.phase).toBe("closing")
  })
})

describe("a rollback of a CronJob", () => {
  const proving = (start: "back" | "image") => {
    const to = { stage: "forward", live: { app: newImage }, to: old, wanted } as const
    const asked =
      start === "back" ? { type: start, to: null, agreed: null } : { type: start, image: oldImage }
    const targets = [target(to, "CronJob", "web")]
    const rolling = new Course("rolling", { plan: plan({ start: asked }), targets, release: null })
    return rolling.sees(0.1, view([ofJob(missing)]))
  }

  const isWrittenDown = { type: "recorded", workload: text, failure: null } as const

  test("has a Job deleted that the release before it started, and that cannot start", () => {
    const course = proving("back")
    expect(course.effects).toContainEqual(deletion)
    expect(course.told).not.toContainEqual(told)
    expect(course.at(1, isWrittenDown).phase).toBe("proving")
    expect(course.at(2, answered()).told).toContainEqual(told)
    expect([course.phase, noteOf(course)]).toEqual(["closing", "its next run will use it"])
    // The answer counts once.
    expect(course.at(3, answered()).told).not.toContainEqual(told)
  })

  test("waits for what it writes down when the Job is deleted first", () => {
    const course = proving("back").at(1, answered())
    expect([course.phase, course.at(2, isWrittenDown).phase]).toEqual(["proving", "closing"])
  })

  test.each<readonly [string, (course: Course) => Course]>([
    ["is refused", (course) => course.at(2, answered(refused))],
    ["gets no answer for 45 s", (course) => course.waits(45.099).waits(45.1)],
  ])("is done when deleting it %s, and says that the Job is in the way", (_, course) => {
    const begun = proving("back").at(1, isWrittenDown).waits(1.5)
    expect(begun.phase).toBe("proving")
    expect(course(begun).state.phase).toMatchObject({ name: "closing", ending: { type: "deployed" } })
    expect(noteOf(begun)).toMatch(blocks)
  })

  test("is no deploy, which deletes none", () => {
    expect(proving("image").effects).not.toContainEqual(deletion)
  })
})
