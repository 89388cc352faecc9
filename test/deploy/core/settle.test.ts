import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { ContainerStatus, Pod, Workload } from "../../../src/core/kubernetes.ts"
import type { View } from "../../../src/deploy/core/event.ts"
import { openMs, settleMsOf, unprobedMs } from "../../../src/deploy/core/settle.ts"
import type { DeployState } from "../../../src/deploy/core/state.ts"
import { Course, watching } from "./course.ts"
import {
  cronJob,
  daemonSet,
  deployment,
  newImage,
  nowhere,
  oldImage,
  type PodChange,
  plan,
  pod,
  refused,
  statefulSet,
  target,
} from "./scene.ts"

const images = { app: newImage }
const settling = (settleMs: number, change: Partial<DeployState["plan"]> = {}) =>
  plan({ limits: { buildMs: 3_600_000, stallMs: 600_000, settleMs, silenceMs: 600_000 }, ...change })

/** Two pods of `web`, as they are changed here. */
function web(first: PodChange = {}, second: PodChange = {}, more: readonly Pod[] = []): View {
  return { ...nowhere, workloads: [deployment()], pods: [pod("a", first), pod("b", second), ...more] }
}

const restarted = (restartCount: number): PodChange => ({ ready: true, status: { restartCount } })
const isOver = (course: Course) => course.isGreen || "ending" in course.state.phase

/** A workload whose container has no probe. */
function unprobed(workload: Workload): Workload {
  const bare = { spec: { containers: [{ name: "app", image: newImage }] } }
  if (workload.kind === "CronJob") return workload
  return { ...workload, spec: { ...workload.spec, template: bare } } as Workload
}

describe("a rollout that is ready", () => {
  test("is proven once it has been so for the settle time, and not a moment before", () => {
    const course = watching({ plan: settling(10_000) }).sees(1, web())
    expect(course.told).toMatchObject([{ waitsFor: "its pods to stay ready for 10 s", state: "progressing" }])
    expect(isOver(course.waits(10.999))).toBe(false)
    expect(course.waits(11).isGreen).toBe(true)
  })

  test.each([
    ["loses a pod's readiness", { ready: false }],
    ["has a container started again, though it is ready again", restarted(1)],
  ])("begins again when it %s", (_, change) => {
    const course = watching({ plan: settling(10_000) })
      .sees(1, web())
      .sees(8, web(change))
    course.sees(9, web(change.ready === true ? change : {}))
    const sinceMs = change.ready === true ? 8_000 : 9_000
    expect(isOver(course.waits((sinceMs + 9_999) / 1_000))).toBe(false)
    expect(course.waits((sinceMs + 10_000) / 1_000).isGreen).toBe(true)
  })

  test("begins again after a time without sight", () => {
    const course = watching({ plan: settling(10_000) })
      .sees(1, web())
      .loses(5)
      .sees(9, web())
    expect(isOver(course.waits(18.999))).toBe(false)
    expect(course.waits(19).isGreen).toBe(true)
  })

  test("does not stand still while it settles, however short that may last", () => {
    const limits = { buildMs: 1, stallMs: 5_000, settleMs: 20_000, silenceMs: 600_000 }
    const course = watching({ plan: plan({ limits }) }).sees(1, web())
    expect(isOver(course.waits(20.999))).toBe(false)
    expect(course.waits(21).isGreen).toBe(true)
  })

  test("without a probe is watched for as long as that takes, however soon a rollout stands still", () => {
    const limits = { buildMs: 1, stallMs: 5_000, settleMs: 10_000, silenceMs: 600_000 }
    const one = unprobed(deployment(1))
    const course = watching({ plan: plan({ limits }) }).sees(1, {
      ...nowhere,
      workloads: [one],
      pods: [pod("a")],
    })
    expect(isOver(course.waits(1 + unprobedMs / 1_000 - 0.001))).toBe(false)
    expect(course.state.setback).toBeNull()
    expect(course.waits(1 + unprobedMs / 1_000).isGreen).toBe(true)
  })

  test("fails when its containers are started again and again, though all is ready whenever it is seen", () => {
    const course = watching({ plan: settling(10_000) })
    for (let second = 1; second < 1_830; second += 5) course.sees(second, web(restarted(second)))
    expect(course.state.setback?.failure.message).toContain("not all pods were ready at once")
  })

  test("has not settled for those who end the run", () => {
    const course = watching({ plan: settling(10_000) }).sees(1, web())
    course.at(5, { type: "interrupted", signal: "SIGTERM" }).at(6, { type: "unlocked", why: null })
    expect(course.told).toMatchObject([{ type: "ended", standing: "unproven" }])
  })

  test("settles too when it was given back", () => {
    const wanted = { images: { app: oldImage }, generation: 2, staleDeadline: null }
    const setback = { failure: refused, trouble: null, clues: null }
    const course = new Course("reverting", {
      ...{ plan: settling(10_000), setback, targets: [target({ stage: "back", wanted })] },
    })
    const view = {
      ...nowhere,
      workloads: [deployment(2, {}, oldImage)],
      pods: ["a", "b"].map((name) => pod(name, { image: oldImage })),
    }
    expect(course.sees(1, view).waits(10.999).phase).toBe("reverting")
    course.waits(11)
    expect(course.state.phase).toMatchObject({ ending: { failure: refused } })
  })
})

describe("a container that died and was started again while it was watched", () => {
  /** Ready again after it ran for this time. */
  function died(seconds: number, change: Partial<ContainerStatus["lastState"] & object> = {}): PodChange {
    const ended = { exitCode: 137, reason: "OOMKilled", startedAt, finishedAt: secondsLater(seconds) }
    const lastState = { terminated: { ...ended, ...change.terminated } }
    return { ready: true, status: { restartCount: 1, lastState } }
  }
  const startedAt = "2026-01-01T00:00:00Z"
  const secondsLater = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1_000).toISOString()
  /** The second at which all is ready again. */
  const again = 60
  const course = (change: PodChange, limits = settling(10_000)) =>
    watching({ plan: limits })
      .sees(1, web({ ready: false }))
      .sees(again, web(change))

  test("must live for longer than it did, by the settle time", () => {
    const going = course(died(50))
    expect(going.told.at(-1)).toMatchObject({ waitsFor: "its pods to stay ready for 60 s" })
    expect(isOver(going.waits(again + 59.999))).toBe(false)
    expect(going.waits(again + 60).isGreen).toBe(true)
  })

  test("is waited for in other words at once, though as many are ready as before", () => {
    const going = watching({ plan: settling(10_000) })
      .sees(1, web())
      .sees(9, web(died(50)))
    const told = going.told.map((one) => (one.type === "rollout" ? one.waitsFor : one.type))
    expect(told.filter((waitsFor) => waitsFor?.includes("stay ready"))).toEqual([
      "its pods to stay ready for 60 s",
    ])
  })

  test("is told of at the end, though that is green", () => {
    const [one] = course(died(50)).waits(again + 60).state.targets
    const note = "app of a ended after 50 s (OOMKilled, status 137) and was started again"
    expect(one?.verdict).toMatchObject({ type: "done", note })
  })

  test("is told of with how many others did", () => {
    const view = web(died(3), died(8, { terminated: { exitCode: 1, reason: "Error" } }))
    const [one] = watching({ plan: settling(10_000) })
      .sees(1, web({ ready: false }))
      .sees(again, view)
      .waits(again + 18).state.targets
    const note = "app of b ended after 8 s (Error, status 1) and was started again, and 1 other container too"
    expect(one?.verdict).toMatchObject({ type: "done", note })
  })

  test("need not live for longer than a rollout may stand still", () => {
    const going = course(died(3_600))
    expect(isOver(going.waits(again + 609.999))).toBe(false)
    expect(going.waits(again + 610).isGreen).toBe(true)
  })

  test.each([
    [
      "ended by itself, as a worker does after its time",
      died(50, { terminated: { exitCode: 0, reason: "Completed" } }),
    ],
    ["was lost from sight with its node", died(50, { terminated: { exitCode: 137, reason: "Unknown" } })],
    [
      "does not say when it ran",
      { ready: true, status: { restartCount: 1, lastState: { terminated: { exitCode: 1 } } } },
    ],
  ])("settles as it is set when it %s", (_, change) => {
    expect(isOver(course(change).waits(again + 9.999))).toBe(false)
    expect(course(change).waits(again + 10).isGreen).toBe(true)
  })

  test("settles as it is set when that was before", () => {
    const going = watching({ plan: settling(10_000) }).sees(1, web(died(50)))
    expect(going.waits(11).isGreen).toBe(true)
    expect(going.state.targets[0]?.verdict).toMatchObject({ type: "done", note: null })
  })

  test("of the failed release takes no time of going back", () => {
    const wanted = { images: { app: oldImage }, generation: 2, staleDeadline: null }
    const setback = { failure: refused, trouble: null, clues: null }
    const targets = [target({ stage: "back", wanted })]
    const view = {
      ...nowhere,
      workloads: [deployment(2, {}, oldImage)],
      pods: [pod("a", { image: oldImage, ...died(500) }), pod("b", { image: oldImage })],
    }
    const going = new Course("reverting", { plan: settling(10_000), setback, targets }).sees(1, view)
    expect(going.waits(11).state.phase).toMatchObject({ ending: { failure: refused } })
  })
})

describe("a workload", () => {
  test.each([deployment(), statefulSet(), daemonSet()])(
    "of kind $kind with a probe settles as it is set",
    (one) => {
      const options = readFileSync("src/open/command/open.ts", "utf8")
      expect(options).toContain(`remoteOptions(${openMs / 1_000}_000)`)
      expect([settleMsOf(one, images, 0), settleMsOf(one, images, 10_000)]).toEqual([0, 10_000])
    },
  )

  test.each([deployment(), statefulSet(), daemonSet()].map(unprobed))(
    "of kind $kind without a probe settles for longer than open may try",
    (one) => {
      expect([settleMsOf(one, images, 0), settleMsOf(one, images, 60_000)]).toEqual([unprobedMs, 60_000])
      expect(unprobedMs).toBeGreaterThan(openMs)
    },
  )

  test("whose sidecar alone has no probe settles as it is set", () => {
    const live = deployment()
    const { containers } = live.spec.template.spec
    const template = { spec: { containers: [...containers, { name: "proxy", image: "proxy:1" }] } }
    expect(settleMsOf({ ...live, spec: { ...live.spec, template } }, images, 0)).toBe(0)
  })

  test("whose controller waits already is not waited for twice", () => {
    const live = unprobed(deployment()) as ReturnType<typeof deployment>
    const waiting = (minReadySeconds: number) => ({ ...live, spec: { ...live.spec, minReadySeconds } })
    const all = [0, 20, 25, 60].map((seconds) => settleMsOf(waiting(seconds), images, 10_000))
    expect(all).toEqual([25_000, 5_000, 0, 0])
  })

  test("that runs nothing by itself does not settle", () => {
    expect(settleMsOf(cronJob(), images, 60_000)).toBe(0)
    const empty = { ...nowhere, workloads: [deployment(0)] }
    expect(watching({ plan: settling(60_000) }).sees(1, empty).isGreen).toBe(true)
  })
})

describe("pods of the release before that are still ending", () => {
  const old = pod("old", { image: oldImage, ending: true })
  const smoke = { hooks: { before: [], after: ["smoke"] } }

  test("are waited for by the hooks after the rollout, for a minute at most", () => {
    const begun = () => watching({ plan: settling(0, smoke) }).sees(1, web({}, {}, [old]))
    expect([begun().phase, begun().sees(20, web()).phase]).toEqual(["rolling", "hook"])
    const late = (ms: number) => begun().waits(1 + ms / 1_000).phase
    expect([late(59_999), late(60_000)]).toEqual(["rolling", "hook"])
  })

  test("are told of when the run ends before them, and nobody waits for them without a hook", () => {
    const two = pod("old2", { image: oldImage, ending: true })
    const noteOf = (more: readonly Pod[]) => {
      const [one] = watching({ plan: settling(0) }).sees(1, web({}, {}, more)).state.targets
      return one?.verdict
    }
    expect(noteOf([old])).toMatchObject({ type: "done", note: "1 old pod still ends" })
    expect(noteOf([old, two])).toMatchObject({ type: "done", note: "2 old pods still end" })
  })

  test("are counted by the Deployment where they are not seen", () => {
    const view = { ...web(), workloads: [deployment(2, { terminatingReplicas: 1 })] }
    expect(watching({ plan: settling(0, smoke) }).sees(1, view).phase).toBe("rolling")
  })
})
