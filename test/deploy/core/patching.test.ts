import { describe, expect, test } from "vitest"
import type { Happening } from "../../../src/deploy/core/event.ts"
import type { DeployState, Target } from "../../../src/deploy/core/state.ts"
import { Course } from "./course.ts"
import { broken, newImage, oldImage, otherImage, refused, release, stateIn, target } from "./scene.ts"

const names = ["web", "worker"] as const
const old = { app: oldImage }

/** A run that has sent its patches to `web` and `worker`. */
function patching(change: Partial<DeployState> = {}, targets: Partial<Target> = {}): Course {
  const both = names.map((name) => target({ stage: "patching", ...targets }, "Deployment", name))
  return new Course("patching", { targets: both, ...change })
}

const patched = (name: string, before: Target["before"] = old): Happening => ({
  ...{ type: "patched", did: "patch", workload: `deployment/${name}`, before, changed: true },
  ...{ given: { app: newImage } },
  ...{ generation: 7, staleDeadline: "t1" },
})
const notPatched = (name: string, foreign: boolean, message = "it broke"): Happening => ({
  ...{ type: "patch-failed", did: "patch", workload: `deployment/${name}` },
  ...{ failure: { ...refused, message, hint: "do this" }, foreign },
})
const endOf = ({ state: { phase } }: Course) => ("ending" in phase ? phase.ending : null)

describe("new images", () => {
  test("are given to all workloads at once but the CronJobs, while all their kinds are watched", () => {
    const kinds = ["Deployment", "CronJob", "Deployment"] as const
    const targets = kinds.map((kind, index) => target({}, kind, `w${index}`))
    const course = new Course("imaging", { targets }).at(1, { type: "image-found", release })
    expect(course.effects.filter(({ do: what }) => what !== "tell")).toEqual([
      { do: "observe", kinds: ["Deployment", "CronJob"] },
      ...[targets[0], targets[2]].map((one) => ({
        do: "patch",
        ref: one?.ref,
        to: { app: newImage },
        release,
        only: null,
      })),
    ])
    expect(course.state.targets.map(({ stage, text }) => [stage, text])).toEqual(
      targets.map(({ text, ref }) => [ref.kind === "CronJob" ? "untouched" : "patching", text]),
    )
    expect(course.state.plan.environment).toBe("production")
  })

  test("are waited for until all workloads have them, and are judged by what was answered", () => {
    const course = patching().at(5, patched("web"))
    expect([course.phase, course.told]).toEqual([
      "patching",
      [{ type: "patched", workload: "deployment/web", changed: true }],
    ])
    expect(course.state.targets).toMatchObject([
      {
        ...{ stage: "forward", text: "deployment/web", before: old, sinceMs: 5_000, movedAtMs: 5_000 },
        wanted: { images: { app: newImage }, generation: 7, staleDeadline: "t1" },
      },
      { stage: "patching" },
    ])
    expect(course.at(6, patched("worker")).state.phase).toEqual({ name: "rolling", hooked: false })
  })

  test("are taken back to what the answer says ran before, when the rollout fails", () => {
    const course = patching()
      .at(1, patched("web", { app: otherImage }))
      .at(2, notPatched("worker", false))
    const restores = course.effects.flatMap((one) => (one.do === "restore" ? [[one.ref.name, one.to]] : []))
    expect(restores).toEqual([
      ["web", { app: otherImage }],
      ["worker", old],
    ])
  })
})

describe("a workload that has its image after a try that got no answer", () => {
  const silent = (): Happening => ({
    ...{ type: "patch-failed", did: "patch", workload: "deployment/web", failure: broken, foreign: false },
  })

  test("has it by that try, and goes back to what was found", () => {
    const course = patching().at(1, patched("worker")).at(2, silent()).waits(4)
    course.at(5, patched("web", { app: newImage }))
    expect(course.state.targets).toMatchObject([{ before: old, stage: "forward" }, { before: old }])
  })

  test("goes back to what the answer says, where it had another one until then", () => {
    const course = patching().at(1, patched("worker")).at(2, silent()).waits(4)
    course.at(5, patched("web", { app: otherImage }))
    expect(course.state.targets).toMatchObject([{ before: { app: otherImage } }, { before: old }])
  })

  test("was not given it by this run when it had it at the first try", () => {
    const course = patching().at(1, patched("web", { app: newImage }))
    expect(course.state.targets).toMatchObject([{ before: { app: newImage } }, {}])
  })
})

describe("a workload that is not given its image", () => {
  test.each([
    [true, "foreign", "SUPERSEDED"],
    [false, "unsure", "ROLLOUT_FAILED"],
  ])("since somebody else changed it: %s, ends the run once all answered", (foreign, stage, code) => {
    const course = patching().at(1, notPatched("web", foreign))
    expect([course.phase, course.state.targets[0]?.stage]).toEqual(["patching", stage])
    course.at(2, patched("worker"))
    expect(course.state.setback?.failure).toEqual({
      ...{ code, message: "deployment/web could not be given the new image: it broke" },
      ...{ hint: "do this", problems: [] },
    })
    expect(course.phase).toBe("restoring")
  })

  test("is reported rather than the next one", () => {
    const course = patching().at(1, notPatched("web", false, "first"))
    course.at(2, notPatched("worker", false, "second"))
    expect(course.state.setback?.failure.message).toContain(
      "deployment/web could not be given the new image: first",
    )
  })

  test("goes back to what was found, whatever else was thought before", () => {
    const course = patching({}, { before: null }).at(1, notPatched("web", false))
    expect(course.state.targets).toMatchObject([{ before: old }, { before: null }])
  })
})

describe("once all patches are answered, the run", () => {
  test.each<readonly [string, Partial<DeployState>, object]>([
    [
      "ends without its lock",
      { lock: { ...stateIn("patching").lock, status: "lost" } },
      { failure: { code: "LOCK_LOST" } },
    ],
    [
      "ends when it cannot watch",
      { unwatchable: { ...broken, message: "no right" } },
      { failure: { message: "no right" } },
    ],
    [
      "ends when it was interrupted",
      { interrupt: "SIGHUP" },
      { type: "interrupted", signal: "SIGHUP", buildStopped: false },
    ],
  ])("%s, and leaves what was given", (_, change, ending) => {
    const course = patching(change).at(1, patched("web"))
    expect(course.phase).toBe("patching")
    expect(endOf(course.at(2, patched("worker")))).toMatchObject(ending)
    expect(course.effects.some((effect) => effect.do === "restore")).toBe(false)
  })
})
