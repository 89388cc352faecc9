import { describe, expect, test } from "vitest"
import type { CronJob, Pod } from "../../../src/core/kubernetes.ts"
import type { View } from "../../../src/deploy/core/event.ts"
import { failure } from "../../../src/deploy/core/plan.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { Course } from "./course.ts"
import { cronJob, newImage, nowhere, oldImage, type PodChange, plan, pod, target, waits } from "./scene.ts"

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
const deletion = { do: "delete-job", name: "web-1", uid: "uid-job" }

function reverting(change: Partial<Target> = {}): Course {
  const back = target({ stage: "back", wanted, ...change }, "CronJob", "web")
  return new Course("reverting", { targets: [back], setback })
}

describe("a CronJob that goes back and starts no Job beside another", () => {
  test.each<readonly [string, PodChange]>([
    ["cannot start", missing],
    ["has not begun", { ready: false, status: { state: { waiting: { reason: "ContainerCreating" } } } }],
    ["finds no node", { ready: false, unschedulable: true }],
    ["crashes again and again", waits("CrashLoopBackOff", 3)],
  ])("has a Job of the failed image deleted that %s, once, and then nothing is in its way", (_, change) => {
    const course = reverting().sees(1, view([ofJob(change)]))
    expect(course.effects).toContainEqual(deletion)
    expect(course.told).toContainEqual({ type: "job-deleted", workload: text, job: "web-1" })
    // It is not waited for, and not told to be in the way, though it is seen for a moment more.
    expect(course.phase).toBe("closing")
    const [{ verdict, deleted } = target()] = course.state.targets
    expect(verdict).toMatchObject({ type: "done", note: "its next run will use it" })
    expect(deleted).toEqual(["uid-job"])
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
    const phase = { name: "proving", left: [text], sinceMs: 0, dueMs: 0 } as const
    const asked =
      start === "back" ? { type: start, to: null, agreed: null } : { type: start, image: oldImage }
    return new Course("proving", {
      ...{ plan: plan({ start: asked }), targets: [target(to, "CronJob", "web")], phase },
      view: view([ofJob(missing)]),
    }).waits(0.1)
  }

  test("has a Job deleted that the release before it started, and that cannot start", () => {
    expect(proving("back").effects).toContainEqual(deletion)
  })

  test("is no deploy, which deletes none", () => {
    expect(proving("image").effects).not.toContainEqual(deletion)
  })
})
