import { describe, expect, test } from "vitest"
import { podsOf, viewOfPods, viewOfTrouble, watching } from "./course.ts"
import { deployment, nowhere, oldImage, plan, pod, statefulSet, stateIn, target, waits } from "./scene.ts"

/** A rollout may stand still for 600 s here. */
const stalled = { setback: { failure: { message: expect.stringContaining("nothing moved for 600 s") } } }
const crashing = waits("CrashLoopBackOff", 2, 1)

/** `web` with three pods and `worker` with as many as are said, of which so many are ready. */
function both(web: number, worker: number, workersInAll = 3) {
  const workloads = ["web", "worker"].map((name) => {
    const live = deployment(name === "web" ? 3 : workersInAll)
    return { ...live, metadata: { ...live.metadata, name, uid: `uid-${name}` } }
  })
  const workers = podsOf(worker, workersInAll).map((one) => ({
    ...one,
    metadata: {
      ...one.metadata,
      uid: `worker-${one.metadata.uid}`,
      ownerReferences: [{ kind: "Any", name: "worker", uid: "uid-worker" }],
    },
  }))
  return { ...nowhere, workloads, pods: [...podsOf(web, 3), ...workers] }
}

describe("a rollout that is watched", () => {
  test("has moved whenever more pods are ready than ever before", () => {
    const watch = watching().ready(0, 0).ready(300, 1).ready(500, 2)
    expect(watch.ready(1_099.999, 2).phase).toBe("rolling")
    expect(watch.ready(1_100, 2).state).toMatchObject({ phase: { name: "examining" }, ...stalled })
  })

  test("has all its time from when it is first seen", () => {
    const watch = watching().ready(500, 0)
    expect(watch.ready(1_099.999, 0).phase).toBe("rolling")
    expect(watch.ready(1_100, 0).state).toMatchObject(stalled)
  })

  test("has not moved when a pod is ready again that was so before", () => {
    const watch = watching().ready(0, 2).ready(300, 1).ready(500, 2)
    expect(watch.ready(599.999, 2).phase).toBe("rolling")
    expect(watch.ready(600, 2).state).toMatchObject({ phase: { name: "examining" }, ...stalled })
  })

  test("begins again when it was done before, and then is not any more", () => {
    const targets = ["web", "worker"].map((name) => target({ stage: "forward" }, "Deployment", name))
    const watch = watching({ targets }).sees(0, both(3, 0)).sees(550, both(3, 1))
    expect(watch.sees(590, both(0, 1)).phase).toBe("rolling")
    // The fewest pods since then count, and not the most before.
    expect(watch.sees(1_000, both(1, 2)).phase).toBe("rolling")
    expect(watch.sees(1_599.999, both(1, 2)).phase).toBe("rolling")
    expect(watch.sees(1_600, both(1, 2)).state).toMatchObject(stalled)
  })

  test("may lose a pod for a moment once it was done, however long another one rolls out", () => {
    const targets = ["web", "worker"].map((name) => target({ stage: "forward" }, "Deployment", name))
    const limits = { buildMs: 1, stallMs: 600_000, settleMs: 10_000, silenceMs: 600_000 }
    const watch = watching({ targets, plan: plan({ limits }) })
    for (let ready = 0; ready < 9; ready++) watch.sees(ready * 500, both(3, ready, 9))
    // Three pods alone may take four times 600 s.
    expect(watch.sees(4_250, both(2, 8, 9)).phase).toBe("rolling")
    watch
      .sees(4_260, both(3, 8, 9))
      .sees(4_400, both(3, 9, 9))
      .waits(4_409)
    expect(watch.sees(4_409.5, both(2, 9, 9)).waits(4_410).phase).toBe("rolling")
    // From when each was done once, that time is all it has.
    for (let second = 4_415; second < 6_810; second += 5) watch.sees(second, both(2 + (second % 2), 9, 9))
    expect(watch.phase).toBe("rolling")
    expect(watch.sees(6_820, both(2, 9, 9)).phase).toBe("examining")
  })

  test("is judged by the object of its kind, whatever else has its name", () => {
    const set = statefulSet(3, { readyReplicas: 0 })
    const view = { ...nowhere, workloads: [set, deployment(2)], pods: podsOf(2, 2) }
    expect(watching().sees(0, view).isGreen).toBe(true)
  })

  test("is gone when only another workload is to be seen", () => {
    const live = deployment()
    const other = { ...live, metadata: { ...live.metadata, name: "other" } }
    const { state } = watching().sees(0, { ...nowhere, workloads: [other] })
    expect(state.setback?.failure.message).toBe("deployment/web was deleted while it rolled out")
  })
})

describe("a rollout that is scaled", () => {
  const at = (total: number, ready: number) => ({
    ...nowhere,
    workloads: [deployment(total, { updatedReplicas: ready, availableReplicas: ready })],
    pods: podsOf(ready, ready),
  })

  test("has moved when more of its pods are ready than since then", () => {
    const watch = watching().sees(1, at(10, 8)).sees(2, at(6, 3)).sees(242, at(6, 4)).sees(482, at(6, 5))
    expect(watch.waits(602).phase).toBe("rolling")
    expect(watch.waits(1_081.999).phase).toBe("rolling")
    expect(watch.waits(1_082).phase).toBe("examining")
  })

  test("has as much time in all as the most pods that it was meant to have may take", () => {
    const watch = watching().sees(0, at(10, 0))
    for (let second = 500; second < 6_600; second += 500)
      watch.sees(second, at(1 + (second % 1_000) / 500, 0))
    expect(watch.phase).toBe("rolling")
    expect(watch.sees(6_600, at(1, 0)).state.setback?.failure.message).toContain("at once in 6600 s")
  })
})

describe("a time without sight of the cluster", () => {
  test("is no time in which a rollout stood still", () => {
    const watch = watching().ready(0, 1).loses(300)
    expect(watch.ready(800, 1).phase).toBe("rolling")
    // It stood still for 300 s before, and may for 300 s more.
    expect(watch.ready(1_099.999, 1).phase).toBe("rolling")
    expect(watch.ready(1_100, 1).state).toMatchObject({ phase: { name: "examining" }, ...stalled })
  })

  test("is no part of the time in which all pods must be ready at once", () => {
    // Two pods may take three times 600 s, and an old one stays.
    const old = pod("old", { image: oldImage })
    const withOld = (ready: number) => {
      const view = viewOfPods(podsOf(ready, 2))
      return { ...view, pods: [...view.pods, old] }
    }
    const watch = watching().sees(0, withOld(0)).sees(590, withOld(1)).loses(600)
    watch.sees(1_100, withOld(1)).sees(1_650, withOld(2))
    expect(watch.sees(1_800, withOld(2)).phase).toBe("rolling")
    expect(watch.sees(2_249, withOld(2)).phase).toBe("rolling")
  })

  test("is no time in which a container went on to crash", () => {
    const trouble = viewOfTrouble({}, crashing)
    const watch = watching().sees(0, trouble).loses(5)
    expect(watch.sees(60, trouble).phase).toBe("rolling")
    expect(watch.sees(69.999, trouble).phase).toBe("rolling")
    expect(watch.sees(70, trouble).phase).toBe("examining")
  })

  test("is reported when it begins and when it ends, once each", () => {
    const watch = watching().ready(0, 1)
    expect(watch.loses(1).told).toEqual([{ type: "contact-lost", why: "the connection broke" }])
    expect(watch.loses(2).told).toEqual([])
    expect(watch.ready(3, 1).told).toEqual([{ type: "contact-found" }])
    expect(watch.ready(4, 1).told).toEqual([])
  })

  test("is ended after as long as a remote may not answer, counted from where it began", () => {
    const watch = watching().ready(0, 1).loses(100).loses(400)
    expect(watch.waits(699.999).phase).toBe("rolling")
    expect(watch.waits(700).state.phase).toMatchObject({
      ending: {
        failure: {
          code: "REMOTE_FAILED",
          message: "the cluster could not be seen for 600 s; what was begun goes on in it",
        },
      },
    })
  })

  test("is not judged by what was seen before it", () => {
    const watch = watching().sees(0, viewOfTrouble({}, crashing)).loses(5)
    expect(watch.waits(60).phase).toBe("rolling")
  })
})

describe("how far a rollout is", () => {
  const counts = (ready: number, total = 2) => ({ total, updated: total, ready, old: 0 })

  test("is reported again only when a reader would hear something new", () => {
    const slow = viewOfTrouble({ ready: false }, { ready: false })
    const watch = watching()
    const told = [
      watch.sees(0, slow).told,
      watch.sees(1, slow).told,
      watch.sees(1.5, viewOfTrouble({}, { ready: false })).told,
      watch.sees(1.6, slow).told,
      watch.sees(2, viewOfTrouble(crashing, { ready: false })).told,
      watch.sees(3, viewOfTrouble(crashing, crashing)).told,
      watch.sees(4, viewOfTrouble(crashing, {})).told,
      watch.sees(5, viewOfTrouble(crashing, {})).told,
    ]
    const rollout = (ready: number, trouble: object | null) => ({
      ...{ type: "rollout", workload: "deployment/web", state: "progressing", counts: counts(ready) },
      trouble: trouble === null ? null : expect.objectContaining(trouble),
    })
    expect(told).toMatchObject([
      [rollout(0, null)],
      [],
      [rollout(1, null)],
      [rollout(0, null)],
      [rollout(0, { reason: "CrashLoopBackOff", pods: 1, pod: "web-0" })],
      [rollout(0, { reason: "CrashLoopBackOff", pods: 2 })],
      [rollout(1, { reason: "CrashLoopBackOff", pods: 1 })],
      [],
    ])
  })

  test("is reported with the first of its troubles, and again when that is another one", () => {
    const watch = watching().sees(0, viewOfTrouble(waits("ImagePullBackOff"), crashing))
    expect(watch.told).toMatchObject([{ trouble: { reason: "ImagePullBackOff" } }])
    watch.sees(1, viewOfTrouble(waits("ErrImagePull"), crashing))
    expect(watch.told).toMatchObject([{ trouble: { reason: "ErrImagePull" } }])
  })

  test("is reported as doomed once its trouble has lasted, and as done once it is", () => {
    const trouble = viewOfTrouble(crashing)
    expect(watching().sees(0, trouble).sees(10, trouble).told).toMatchObject([
      { type: "rollout", state: "doomed", waitsFor: null, trouble: { reason: "CrashLoopBackOff" } },
    ])
    const done = { ...nowhere, workloads: [deployment()], pods: podsOf(2, 2) }
    expect(watching().sees(0, done).told).toMatchObject([
      { type: "rollout", state: "done", waitsFor: null, trouble: null },
    ])
  })

  test("is not judged before anything was seen", () => {
    const watch = watching().waits(599)
    expect([watch.phase, watch.effects]).toEqual(["rolling", []])
    expect(watch.state.targets).toEqual(stateIn("rolling").targets)
  })
})
