import { describe, expect, test } from "vitest"
import type { ContainerStatus, Pod } from "../../../src/core/kubernetes.ts"
import type { Happening, View } from "../../../src/deploy/core/event.ts"
import { settleMsOf, unprobedMs } from "../../../src/deploy/core/settle.ts"
import { Course, watching } from "./course.ts"
import {
  broken,
  daemonSet,
  deployment,
  newImage,
  nowhere,
  type PodChange,
  plan,
  pod,
  refused,
  target,
} from "./scene.ts"

const settling = plan({
  limits: { buildMs: 1, stallMs: 600_000, settleMs: 10_000, silenceMs: 600_000 },
  hooks: { before: [], after: ["smoke"] },
})
const smokeless = { ...settling, hooks: { before: [], after: [] } }

const bornAt = "2026-01-01T00:00:00Z"
const secondsLater = (seconds: number) => new Date(Date.parse(bornAt) + seconds * 1_000).toISOString()

type Ended = NonNullable<NonNullable<ContainerStatus["lastState"]>["terminated"]>

/** What ended after it had lived for so many seconds, up to that second of its node's clock. */
function ended(livedFor: number, at: number, change: Partial<Ended> = {}): Ended {
  return {
    ...{ exitCode: 137, reason: "OOMKilled" },
    ...{ startedAt: secondsLater(at - livedFor), finishedAt: secondsLater(at) },
    ...change,
  }
}

/** Ready again after that end. */
const again = (restartCount: number, terminated: Ended): PodChange => ({
  ready: true,
  status: { restartCount, lastState: { terminated } },
})

function web(...pods: readonly Pod[]): View {
  return { ...nowhere, workloads: [deployment(pods.length)], pods }
}

const isOver = (course: Course) => course.isGreen || "ending" in course.state.phase
const noteOf = ({ state: { targets } }: Course) =>
  targets[0]?.verdict?.type === "done" ? targets[0].verdict.note : null

/** A run that has seen a pod die after 120 s, and sees this at its second 200. */
function afterDeath(view: View): Course {
  return watching({ plan: smokeless })
    .sees(1, web(pod("a", { ready: false })))
    .sees(130, web(pod("a", again(1, ended(120, 125)))))
    .sees(135, web(pod("a", { ready: false })))
    .sees(200, view)
}

describe("a death that was seen once", () => {
  test.each([
    ["a shorter life", web(pod("a", again(2, ended(12, 190))))],
    ["an end with 0", web(pod("a", again(2, ended(60, 190, { exitCode: 0, reason: "Completed" }))))],
    [
      "a loss from sight",
      web(pod("a", again(2, ended(60, 190, { exitCode: 137, reason: "ContainerStatusUnknown" })))),
    ],
    ["another pod in the place of its own", web(pod("b"))],
  ])("is not made up for by %s: what is ready has to live for longer than that first life", (_, view) => {
    const course = afterDeath(view)
    expect(isOver(course.waits(329.999))).toBe(false)
    expect(course.waits(330).isGreen).toBe(true)
    expect(noteOf(course)).toContain("app of a ended after 120 s (OOMKilled, status 137)")
  })

  test("is one container, however often that died", () => {
    const course = afterDeath(web(pod("a", again(2, ended(12, 190)))))
    expect(noteOf(course.waits(330))).toBe(
      "app of a ended after 120 s (OOMKilled, status 137) and was started again",
    )
  })

  test("is one death before and after its container is started again", () => {
    const dead = ended(50, 55)
    const waiting: PodChange = {
      ready: false,
      status: { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: dead } },
    }
    // It had the image already, and had died before.
    const course = new Course("patching", { plan: smokeless, targets: [target({ stage: "patching" })] })
    course.sees(1, web(pod("a", waiting)))
    course.at(2, patched).sees(10, web(pod("a", again(1, dead))))
    expect(isOver(course.waits(19.999))).toBe(false)
    expect(course.waits(20).isGreen).toBe(true)
    expect(noteOf(course)).toBeNull()
  })
})

const patched: Happening = {
  ...{ type: "patched", did: "patch", workload: "deployment/web", before: { app: newImage } },
  ...{ given: { app: newImage }, changed: false, generation: 2, staleDeadline: null },
}

describe("how long a container had lived", () => {
  test.each(["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])(
    "is no time where it was never started, as by a runtime that failed (%s)",
    (startedAt) => {
      const dead = ended(1, 55, { exitCode: 128, reason: "StartError", startedAt })
      const course = watching({ plan: smokeless })
        .sees(1, web(pod("a", { ready: false })))
        .sees(60, web(pod("a", again(1, dead))))
      expect(isOver(course.waits(69.999))).toBe(false)
      expect(course.waits(70).isGreen).toBe(true)
      expect(noteOf(course)).toBe("app of a ended (StartError, status 128) and was started again")
    },
  )
})

describe("a container that died while images were still being given", () => {
  const [one, two] = ["web", "worker"]
  const answer = (name: string): Happening => ({ ...patched, workload: `deployment/${name}`, changed: true })
  const live = (name = "web") => {
    const found = deployment(1)
    return { ...found, metadata: { ...found.metadata, name, uid: `uid-${name}` } }
  }
  const both = (...pods: readonly Pod[]): View => ({
    ...nowhere,
    workloads: [live(one), live(two)],
    pods: [...pods, pod("w", { owner: "uid-worker" })],
  })
  const begun = () =>
    new Course("patching", {
      plan: smokeless,
      targets: [one, two].map((name) => target({ stage: "patching" }, "Deployment", name)),
    })
  const dead = again(1, ended(50, 60))

  test("died while it was watched, though another workload was given its image only then", () => {
    const course = begun().at(1, answer("web"))
    course.sees(2, both(pod("a", { ready: false }))).sees(70, both(pod("a", dead)))
    course.at(71, answer("worker"))
    expect(isOver(course.waits(130.999))).toBe(false)
    expect(course.waits(131).isGreen).toBe(true)
  })

  test("died while it was watched, though only a second try told that its workload has the image", () => {
    const course = begun().at(1, answer("worker")).sees(2, both())
    course.at(40, {
      ...{ type: "patch-failed", did: "patch" },
      workload: "deployment/web",
      failure: broken,
      foreign: false,
    })
    course.waits(42).sees(70, both(pod("a", dead)))
    course.sees(75, both(pod("a", again(2, ended(5, 74))))).at(76, answer("web"))
    expect(isOver(course.waits(135.999))).toBe(false)
    expect(course.waits(136).isGreen).toBe(true)
  })
})

describe("a sidecar among the init containers", () => {
  /** A pod with a sidecar and a container that only prepares it. */
  function withSidecar(change: Partial<ContainerStatus>): Pod {
    const one = pod("a")
    const sidecar = { name: "proxy", image: "proxy:1", restartPolicy: "Always" }
    const wait = { name: "wait", image: "wait:1" }
    const waited = { name: "wait", ready: true, restartCount: 3 }
    const failed = { lastState: { terminated: ended(300, 2, { exitCode: 1, reason: "Error" }) } }
    const statuses = [
      { ...waited, ...failed },
      { name: "proxy", ready: true, restartCount: 0, ...change },
    ]
    return {
      ...one,
      spec: { ...one.spec, initContainers: [wait, sidecar] },
      status: { ...one.status, initContainerStatuses: statuses },
    }
  }
  const before = web(pod("a", { ready: false }))

  test("that died has to live for longer too", () => {
    const course = watching({ plan: smokeless })
      .sees(1, before)
      .sees(60, web(withSidecar({ restartCount: 1, lastState: { terminated: ended(50, 55) } })))
    expect(isOver(course.waits(119.999))).toBe(false)
    expect(course.waits(120).isGreen).toBe(true)
    expect(noteOf(course)).toContain("proxy of a ended after 50 s")
  })

  test("that is started again begins the settle time again, whatever it ended with", () => {
    const course = watching({ plan: smokeless })
      .sees(1, web(withSidecar({})))
      .sees(8, web(withSidecar({ restartCount: 1 })))
    expect(isOver(course.waits(17.999))).toBe(false)
    expect(course.waits(18).isGreen).toBe(true)
  })

  test("is waited for without a probe for longer than open may try, and what only prepares the pod is not", () => {
    const one = daemonSet()
    const bare = (restartPolicy?: string) => ({ name: "sealed", image: newImage, restartPolicy })
    const live = (init: ReturnType<typeof bare>) => {
      const spec = { ...one.spec.template.spec, initContainers: [init] }
      return { ...one, spec: { ...one.spec, template: { spec } } }
    }
    const images = { app: newImage, sealed: newImage }
    expect(settleMsOf(live(bare("Always")), images, 0)).toBe(unprobedMs)
    expect(settleMsOf(live(bare()), images, 0)).toBe(0)
  })
})

describe("a pod that was evicted", () => {
  const gone = (name: string, reason: string): Pod => {
    const one = pod(name, { ready: false, phase: "Failed", status: { state: { terminated: ended(50, 55) } } })
    return { ...one, status: { ...one.status, reason } }
  }
  const course = (reason: string) =>
    watching({ plan: smokeless })
      .sees(1, web(pod("a")))
      .sees(2, { ...web(pod("b", { ready: false })), pods: [gone("a", reason), pod("b", { ready: false })] })
      .sees(60, { ...web(pod("b")), pods: [gone("a", reason), pod("b")] })

  test("is made up for by one that lives for longer", () => {
    const going = course("Evicted")
    expect(isOver(going.waits(119.999))).toBe(false)
    expect(going.waits(120).isGreen).toBe(true)
    expect(noteOf(going)).toBe("app of a ended after 50 s (Evicted, status 137)")
  })

  test("is none where its node was shut down", () => {
    expect(course("Terminated").waits(70).isGreen).toBe(true)
  })
})

describe("what changes while a hook runs after the rollout", () => {
  const ready = (name: string, since: number): Pod => {
    const one = pod(name)
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: secondsLater(since) } as const]
    return { ...one, status: { ...one.status, conditions } }
  }
  const hooking = () =>
    watching({ plan: settling })
      .sees(1, web(ready("a", 0)))
      .waits(11)
  const done: Happening = { type: "hook-ended", hook: "smoke" }

  test.each([
    ["a pod that took another one's place", ready("b", 300)],
    ["a pod that was not ready meanwhile", ready("a", 300)],
  ])("begins the settle time again: %s", (_, now) => {
    const course = hooking()
    expect(course.phase).toBe("hook")
    course.sees(300, web(now)).at(302, done)
    expect(isOver(course)).toBe(false)
    expect(isOver(course.waits(311.999))).toBe(false)
    expect(course.waits(312).isGreen).toBe(true)
  })

  test("is not what stayed as it was", () => {
    expect(
      hooking()
        .sees(300, web(ready("a", 0)))
        .at(302, done).isGreen,
    ).toBe(true)
  })

  test("is remembered where a container died, though it ended with 0 before the hook did", () => {
    const course = hooking().sees(200, web(pod("a", again(1, ended(120, 190)))))
    const worked = ended(5, 290, { exitCode: 0, reason: "Completed" })
    course.sees(300, web(pod("a", again(2, worked)))).at(302, done)
    expect(isOver(course.waits(431.999))).toBe(false)
    expect(course.waits(432).isGreen).toBe(true)
  })

  test("does not matter for what goes back", () => {
    const course = hooking().at(20, { type: "hook-failed", hook: "smoke", failure: refused, over: true })
    expect(course.phase).toBe("restoring")
  })
})
