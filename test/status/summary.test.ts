import { describe, expect, test } from "vitest"
import type { Workload } from "../../src/core/kubernetes.ts"
import { patienceMs } from "../../src/deploy/core/judge.ts"
import { type Knowledge, summarize } from "../../src/status/run/summary.ts"
import {
  broken,
  deployment,
  newImage,
  oldImage,
  otherImage,
  pod,
  statefulSet,
  waits,
} from "../deploy/core/scene.ts"
import { settings, viewOf, withReleases } from "./scene.ts"

const release = {
  images: { app: newImage },
  build: "shop:1",
  secretVersion: "v1",
  sealedAt: "2026-01-02T03:01:40.123Z",
  at: "2026-01-02T03:04:05.678Z",
}
const nothing: Knowledge = { view: null, lease: null, secrets: [], builtAt: {}, failures: [] }
const secrets = [{ secret: "shop/production", version: "v1" }]
const running = [pod("a"), pod("b")]
const crashing = [pod("a"), pod("b", waits("CrashLoopBackOff", 3, 1, "no database"))]
/** The controller's view of a rollout of which one pod is not there yet. */
const open = { updatedReplicas: 2, availableReplicas: 1 }

function known(workloads: readonly Workload[], pods = running, change: Partial<Knowledge> = {}): Knowledge {
  return { ...nothing, secrets, view: viewOf(workloads, pods), ...change }
}

function first(knowledge: Knowledge) {
  return summarize(settings(), knowledge, null, 0).status
}

describe("an environment", () => {
  test("is well when what envseal set is proven and sealed from the current version", () => {
    const status = first(
      known([withReleases(deployment(), release)], running, { builtAt: { "shop:1": "then" } }),
    )
    expect(status).toMatchObject({
      ...{ environment: "production", app: "shop", cluster: "fake", namespace: "shop", ok: true },
      ...{ mixed: false, lock: null, failures: [], secrets },
    })
    expect(status.workloads).toEqual([
      {
        workload: "deployment/web",
        images: { app: newImage },
        release,
        builtAt: "then",
        secret: { state: "current", versions: ["v1"] },
        rollout: {
          ...{ state: "done", waitsFor: null, note: null, troubles: [] },
          counts: { total: 2, updated: 2, ready: 2, old: 0 },
        },
      },
    ])
  })

  test("is not known to be well while something could not be asked, but not well for all that is seen", () => {
    const well = [withReleases(deployment(), release)]
    expect(first({ ...nothing, failures: [broken] })).toMatchObject({ ok: null, workloads: [] })
    expect(first(known(well, running, { failures: [broken] })).ok).toBeNull()
    expect(first(known([deployment()], running, { failures: [broken] })).ok).toBe(false)
  })

  test("is well while a rollout goes on", () => {
    const status = first(
      known([withReleases(deployment(2, open), release)], [pod("a"), pod("b", { ready: false })]),
    )
    expect(status.ok).toBe(true)
    expect(status.workloads[0]?.rollout).toMatchObject({
      ...{ state: "progressing", waitsFor: "1 new pod to be available" },
      counts: { updated: 2, ready: 1 },
    })
  })

  test("tells why a rollout that goes on cannot get there", () => {
    const web = withReleases(deployment(2, { ...open, updatedReplicas: 1 }), release)
    const paused = { ...web, spec: { ...web.spec, paused: true } }
    const [workload] = first(known([paused], [pod("a")])).workloads
    expect(workload?.rollout).toMatchObject({
      ...{ state: "progressing", note: "is paused: kubectl rollout resume deployment/web" },
    })
  })

  test.each([
    ["a release is of an older version", [withReleases(deployment(), { ...release, secretVersion: "v0" })]],
    ["an image was not set by envseal", [deployment()]],
    ["somebody changed the image since", [withReleases(deployment(2, {}, otherImage), release)]],
    ["a workload is not there", []],
  ])("is not well when %s", (_, workloads) => {
    expect(first(known(workloads)).ok).toBe(false)
  })

  test("is not well when a workload is missing or failed, whatever envseal set", () => {
    const failed = summarize(
      settings(),
      known([withReleases(deployment(2, open), release)], crashing),
      null,
      0,
    ).status
    expect([failed.workloads[0]?.rollout.state, failed.ok]).toEqual(["failed", false])
    expect(failed.workloads[0]?.release).not.toBeNull()
  })

  test("is seen by its own workloads, whatever else has their kind or name", () => {
    const named = (name: string, image: string) => {
      const live = deployment(2, {}, image)
      return withReleases({ ...live, metadata: { ...live.metadata, name } }, release)
    }
    const set = { ...statefulSet(), metadata: { ...statefulSet().metadata, name: "web" } }
    const status = first(known([named("other", oldImage), set, named("web", newImage)]))
    expect(status.workloads).toMatchObject([{ workload: "deployment/web", images: { app: newImage } }])
    expect(first(known([set, named("other", newImage)])).workloads).toMatchObject([
      { images: {}, rollout: { state: "missing" } },
    ])
  })

  test("shows the containers that the last deploy changed where none has an image of the settings", () => {
    const elsewhere = { images: { app: "mirror/shop:1" } }
    const web = withReleases(deployment(2, {}, "mirror/shop:1"), elsewhere)
    expect(first(known([web], [])).workloads[0]?.images).toEqual({ app: "mirror/shop:1" })
    expect(first(known([deployment(2, {}, "mirror/shop:1")], [])).workloads[0]).toMatchObject({
      ...{ images: {}, release: null },
    })
  })

  test("is reached by its EKS cluster where the settings name no context", () => {
    const cluster = { eks: "shop-eks", context: null, server: null, namespace: "shop" }
    expect(summarize({ ...settings(), cluster }, nothing, null, 0).status.cluster).toBe("shop-eks")
    expect(summarize({ ...settings(), cluster: null }, nothing, null, 0).status).toMatchObject({
      ...{ cluster: "", namespace: "" },
    })
  })

  test("is mixed when two workloads run two images", () => {
    const queue = { ...statefulSet(), metadata: { ...statefulSet().metadata, name: "queue" } }
    const older = { images: { app: oldImage } }
    const web = withReleases(deployment(2, {}, oldImage), older)
    const all = settings("[deployment/web, statefulset/queue]")
    const two = known([web, withReleases(queue, release)])
    expect(summarize(all, two, null, 0).status).toMatchObject({ mixed: true, ok: false })
    const same = known([withReleases(deployment(), release), withReleases(queue, release)])
    expect(summarize(all, same, null, 0).status.mixed).toBe(false)
  })

  test("tells who has its lock without what makes them unique, and nobody of an empty one", () => {
    const metadata = { name: "envseal-shop-production" }
    const holderIdentity = "anna@laptop 00000000-0000-4000-8000-000000000000"
    expect(first({ ...nothing, lease: { metadata, spec: { holderIdentity } } }).lock).toEqual({
      ...{ holder: "anna@laptop", since: null, renewedAt: null },
    })
    expect(first({ ...nothing, lease: { metadata, spec: { holderIdentity: "" } } }).lock).toBeNull()
  })
})

describe("a release", () => {
  const releaseOf = (workload: Workload) => first(known([workload])).workloads[0]?.release

  test("that names the image alone has what an older entry knows of that image", () => {
    const again = { images: { app: newImage }, at: "2026-01-03T00:00:00.000Z", by: "ben@laptop" }
    const between = { images: { app: oldImage }, build: "shop:0", secretVersion: "v0" }
    expect(releaseOf(withReleases(deployment(), again, between, { ...release, commit: "abc" }))).toEqual({
      ...again,
      build: "shop:1",
      commit: "abc",
      secretVersion: "v1",
      sealedAt: "2026-01-02T03:01:40.123Z",
    })
  })

  test("is not one further down, nor one that is damaged", () => {
    expect(releaseOf(withReleases(deployment(), { images: { app: oldImage } }, release))).toBeNull()
    const annotations = { "envseal.dev/releases": "[{" }
    const damaged = deployment()
    expect(releaseOf({ ...damaged, metadata: { ...damaged.metadata, annotations } })).toBeNull()
  })
})

describe("a trouble", () => {
  const workload = withReleases(deployment(2, open), release)

  test("counts as one that lasts for a first look", () => {
    expect(first(known([workload], crashing)).workloads[0]?.rollout).toMatchObject({
      state: "failed",
      troubles: [{ pod: "b", reason: "CrashLoopBackOff", message: "no database" }],
    })
  })

  test.each(["ImagePullBackOff", "CrashLoopBackOff"])(
    "counts as one that lasts for a first look, also when it may pass, as %s",
    (reason) => {
      const pods = [pod("a"), pod("b", waits(reason, 1, 1))]
      const { workloads } = first(known([withReleases(deployment(2, open), release)], pods))
      expect(workloads[0]?.rollout.state).toBe("failed")
    },
  )

  test("that comes later is believed after the patience of a deploy", () => {
    const start = summarize(settings(), known([workload]), null, 0)
    const at = (nowMs: number, before = start.sightings) =>
      summarize(settings(), known([workload], crashing), before, nowMs)
    const seen = at(1_000)
    expect(seen.status.workloads[0]?.rollout.state).toBe("progressing")
    const later = at(1_000 + patienceMs.fatal, seen.sightings)
    expect(later.status.workloads[0]?.rollout.state).toBe("failed")
  })

  test("is believed sooner when the pods of two workloads cannot have the image on two nodes", () => {
    const stateful = statefulSet(2, { readyReplicas: 1 })
    const metadata = { ...stateful.metadata, name: "queue", uid: "uid-queue" }
    const workloads = [workload, withReleases({ ...stateful, metadata }, release)]
    const all = settings("[deployment/web, statefulset/queue]")
    const start = summarize(all, known(workloads, []), null, 0)
    const states = (node: string) => {
      const queue = pod("b", { ...waits("ErrImagePull"), owner: "uid-queue", node })
      const seen = known(workloads, [pod("a", waits("ImagePullBackOff")), queue])
      const first = summarize(all, seen, start.sightings, 1_000)
      const later = summarize(all, seen, first.sightings, 1_000 + patienceMs.fatal)
      return later.status.workloads.map(({ rollout }) => rollout.state)
    }
    expect(states("node-2")).toEqual(["failed", "failed"])
    expect(states("node-1")).toEqual(["progressing", "progressing"])
  })

  test("of a pod that no machine takes is no failure", () => {
    const waiting = [pod("a"), pod("b", { ready: false, unschedulable: true })]
    expect(first(known([workload], waiting)).workloads[0]?.rollout).toMatchObject({
      state: "progressing",
      troubles: [{ reason: "Unschedulable" }],
    })
  })
})
