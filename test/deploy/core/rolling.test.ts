import { describe, expect, test } from "vitest"
import { type Course, podsOf, viewOfTrouble, watching } from "./course.ts"
import {
  broken,
  deployment,
  newImage,
  nowhere,
  oldImage,
  otherImage,
  type PodChange,
  pod,
  stateIn,
  target,
  waits,
} from "./scene.ts"

const done = { ...nowhere, workloads: [deployment()], pods: podsOf(2, 2) }
const foreign = { ...nowhere, workloads: [deployment(2, {}, otherImage)], pods: podsOf(2, 2) }
const clues = { workload: "deployment/web", log: [], events: [] }
const two = ["web", "worker"].map((name) => target({ stage: "forward" }, "Deployment", name))

/** The objects of `web` and `worker`, with what is changed of the second. */
function both(change: Parameters<typeof deployment>[1], image = newImage) {
  const live = deployment(2, change, image)
  const worker = { ...live, metadata: { ...live.metadata, name: "worker", uid: "uid-worker" } }
  const workers = podsOf(2, 2).map((one) => ({
    ...one,
    metadata: { ...one.metadata, ownerReferences: [{ kind: "Any", name: "worker", uid: "uid-worker" }] },
  }))
  return { ...nowhere, workloads: [deployment(), worker], pods: [...podsOf(2, 2), ...workers] }
}

/** A rollout whose pods have had this trouble for long enough. */
function doomed(...changes: readonly PodChange[]): Course {
  const view = viewOfTrouble(...changes)
  return watching().sees(0, view).sees(60, view)
}

describe("a rollout is deployed", () => {
  test("once every workload is done", () => {
    const watch = watching({ targets: two })
    expect(watch.sees(0, both({ updatedReplicas: 1 })).phase).toBe("rolling")
    expect(watch.sees(1, both({})).isGreen).toBe(true)
  })

  test("after the hooks that come after it, the first of them first", () => {
    const { plan } = stateIn("rolling")
    const hooks = { before: [], after: ["smoke", "announce"] }
    const watch = watching({ plan: { ...plan, hooks } }).sees(0, done)
    expect(watch.state.phase).toEqual({ name: "hook", when: "after", index: 0 })
    watch.at(1, { type: "hook-ended", hook: "smoke" })
    expect(watch.state.phase).toEqual({ name: "hook", when: "after", index: 1 })
    watch.at(2, { type: "hook-ended", hook: "announce" })
    expect(watch.isGreen).toBe(true)
  })

  test("has all its time again after a hook, however long that took", () => {
    const { plan } = stateIn("rolling")
    const watch = watching({ plan: { ...plan, hooks: { before: [], after: ["smoke"] } } }).sees(0, done)
    const slow = viewOfTrouble({}, { ready: false })
    watch.sees(2_999, slow).at(3_000, { type: "hook-ended", hook: "smoke" })
    expect(watch.sees(3_599.999, slow).phase).toBe("rolling")
    expect(watch.sees(3_600, slow).phase).toBe("examining")
  })

  test("not at all when it cannot be watched any more after its hook", () => {
    const { plan } = stateIn("rolling")
    const watch = watching({ plan: { ...plan, hooks: { before: [], after: ["smoke"] } } }).sees(0, done)
    const later = { ...broken, message: "it broke again" }
    watch.at(1, { type: "unwatchable", failure: broken }).at(2, { type: "unwatchable", failure: later })
    watch.at(3, { type: "hook-ended", hook: "smoke" })
    expect(watch.state.phase).toMatchObject({ ending: { failure: { message: "it broke" } } })
  })
})

describe("a workload that somebody else changes while it rolls out", () => {
  test("is left as they made it", () => {
    const { phase, setback } = watching().sees(0, foreign).state
    expect(setback?.failure).toMatchObject({
      code: "SUPERSEDED",
      message: `somebody else changed deployment/web while it rolled out: it has ${otherImage} now`,
    })
    expect(phase.name).toBe("closing")
  })

  test("is reported with no more of an image's name than 200 characters", () => {
    const long = (length: number) => {
      const image = `shop:${"x".repeat(length - 5)}`
      const view = { ...foreign, workloads: [deployment(2, {}, image)] }
      return watching().sees(0, view).state.setback?.failure.message
    }
    expect(long(200)).toContain(`it has shop:${"x".repeat(195)} now`)
    expect(long(201)).not.toContain("x".repeat(196))
  })

  test("sends only the others back", () => {
    const watch = watching({ targets: two }).sees(0, both({}, otherImage))
    const restores = watch.effects.flatMap((effect) => (effect.do === "restore" ? [effect.ref.name] : []))
    expect([restores, watch.phase]).toEqual([["web"], "restoring"])
  })

  test("or deletes, is reported as deleted", () => {
    const { setback } = watching().sees(0, nowhere).state
    expect(setback?.failure).toMatchObject({
      code: "ROLLOUT_FAILED",
      message: "deployment/web was deleted while it rolled out",
    })
  })
})

describe("a rollout that stands still", () => {
  const still = "nothing moved for 600 s; it waits for 1 new pod to be available"
  const message = (text: string) => ({ setback: { failure: { code: "ROLLOUT_FAILED", message: text } } })

  test("without a trouble to be seen is a trouble by itself", () => {
    const view = viewOfTrouble({}, { ready: false })
    const watch = watching().sees(0, view).sees(600, view)
    expect(watch.state).toMatchObject(message(`deployment/web: pod web-1, container app: Stalled: ${still}`))
    expect(watch.state.setback?.trouble).toEqual({
      ...{ reason: "Stalled", message: still },
      ...{ pod: "web-1", podUid: "uid-web-1", container: "app", exitCode: null, restarts: 0, pods: 1 },
    })
  })

  test("with a trouble is reported by it", () => {
    const view = viewOfTrouble({}, { ready: false, unschedulable: true })
    const { setback } = watching().sees(0, view).sees(600, view).state
    expect(setback).toMatchObject({
      failure: {
        message: `deployment/web: pod web-1: Unschedulable: ${still}`,
        hint: "no node has room for the pod: kubectl describe pod",
      },
      trouble: { reason: "Unschedulable", pod: "web-1", pods: 1 },
    })
  })

  test("is reported with how long it has been since it began when its pods get ready in turns", () => {
    const targets = [target({ stage: "forward", sinceMs: 100_000, movedAtMs: 100_000 })]
    const view = viewOfTrouble({ ready: false })
    const watch = watching({ targets }).sees(750, view)
    expect(watch.sees(1_299.999, view).phase).toBe("rolling")
    expect(watch.sees(1_300, view).phase).toBe("examining")
    expect(watch.state.setback?.failure.message).toContain("not all pods were ready at once in 1200 s")
  })
})

describe("a rollout that is doomed", () => {
  const failureOf = (watch: Course) => watch.state.setback?.failure

  test.each<readonly [string, readonly PodChange[]]>([
    [
      "pod web-1, container app: CrashLoopBackOff (exit status 3): no table",
      [{}, waits("CrashLoopBackOff", 2, 3, " no table\n")],
    ],
    [
      "pod web-0, container app, and 1 more: CrashLoopBackOff (exit status 1)",
      [waits("CrashLoopBackOff", 2, 1), waits("CrashLoopBackOff", 2, 1)],
    ],
    ["pod web-0, container app: InvalidImageName", [waits("InvalidImageName")]],
  ])("says where and why: %s", (text, changes) => {
    expect(failureOf(doomed(...changes))).toMatchObject({
      code: "ROLLOUT_FAILED",
      message: `deployment/web: ${text}`,
    })
  })

  test("says no more of what a container said than 500 characters", () => {
    const said = (length: number) => failureOf(doomed(waits("CrashLoopBackOff", 2, 1, "x".repeat(length))))
    expect(said(500)?.message).toContain("x".repeat(500))
    expect(said(501)?.message).not.toContain("x".repeat(501))
  })

  test.each([
    ["InvalidImageName", "look at image.repository in envseal.yaml"],
    ["CreateContainerConfigError", "a Secret or ConfigMap that the pod names is missing"],
    ["ImagePullBackOff", "can the nodes pull from the repository?"],
    ["ErrImagePull", "can the nodes pull from the repository?"],
  ])("by %s says what to look at", (reason, hint) => {
    const watch = doomed(waits(reason))
    expect(failureOf(watch)?.hint).toContain(hint)
    // What was found out of it changes nothing of that.
    watch.at(61, { type: "examined", clues: { ...clues, log: ["bye"] } })
    expect(failureOf(watch)?.hint).toContain(hint)
  })

  test.each([
    [["bye"], "the container ends by itself: its last lines above say why"],
    [[], "the container ends by itself, without a line in its log"],
  ])("by a crash says where to look, with %j in its log", (log, hint) => {
    const watch = doomed(waits("CrashLoopBackOff", 2, 1))
    const { trouble, failure } = watch.state.setback ?? {}
    watch.at(61, { type: "examined", clues: { ...clues, log } })
    expect(watch.state.setback).toMatchObject({
      trouble,
      failure: { code: "ROLLOUT_FAILED", message: failure?.message, hint: expect.stringContaining(hint) },
      clues: { ...clues, log },
    })
    expect(watch.told).toContainEqual(expect.objectContaining({ type: "doomed", ...watch.state.setback }))
  })

  test("is looked at for ten seconds at most, and goes back all the same", () => {
    const watch = doomed(waits("CrashLoopBackOff", 2, 1))
    expect(watch.effects.map((effect) => effect.do)).toContain("examine")
    expect(watch.waits(69.999).phase).toBe("examining")
    expect(watch.waits(70).phase).toBe("restoring")
    const restores = watch.effects.filter((effect) => effect.do === "restore")
    expect(restores).toMatchObject([{ from: { app: newImage }, to: { app: oldImage } }])
    expect(watch.state.setback?.failure.hint).toContain("without a line in its log")
  })

  test("keeps all that is known of the run", () => {
    const before = viewOfTrouble(waits("CrashLoopBackOff", 2, 1))
    const { state } = doomed(waits("CrashLoopBackOff", 2, 1))
    expect(state).toMatchObject({
      view: before,
      lock: { status: "held" },
      plan: { environment: "production" },
    })
  })
})

test("a pod that is ready dooms nothing, whatever was before", () => {
  const well = {
    ...nowhere,
    workloads: [deployment(2, { availableReplicas: 1 })],
    pods: [pod("a"), pod("b")],
  }
  expect(watching().sees(0, well).sees(599, well).phase).toBe("rolling")
})
