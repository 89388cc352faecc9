import { beforeEach, describe, expect, test } from "vitest"
import { ManualClock } from "./clock.ts"
import { type Cluster, createCluster } from "./cluster.ts"
import { findCondition } from "./condition.ts"
import type { Json } from "./json-patch.ts"
import type { Deployment } from "./kinds.ts"
import { deployment, type Manifest } from "./manifest.ts"
import type { Play } from "./play.ts"
import { resourceNamed } from "./resources.ts"
import { defaultSetup } from "./setup.ts"
import { createObject, patchObject } from "./writing.ts"

const target = { resource: resourceNamed("deployments"), namespace: "shop", name: "web", dryRun: false }

let clock: ManualClock
let cluster: Cluster
beforeEach(() => start())

function start(plays: Readonly<Record<string, Play>> = {}): void {
  clock = new ManualClock()
  cluster = createCluster({ ...defaultSetup, plays }, clock)
}

function create(manifest: Manifest): void {
  createObject(cluster.store, target, { ...manifest })
}

function setImage(image: string): void {
  const path = "/spec/template/spec/containers/0/image"
  patchObject(cluster.store, target, "json", [{ op: "replace", path, value: image }])
}

function change(patch: Json): void {
  patchObject(cluster.store, target, "merge", patch)
}

function read(): Deployment {
  const found = cluster.store.get({ resource: "deployments", namespace: "shop", name: "web" })
  if (found === null) throw new Error("web is gone")
  return found
}

const pods = () => cluster.store.list("pods", "shop")
const images = () => pods().map(({ spec }) => spec.containers[0]?.image)
const sets = () => cluster.store.list("replicasets", "shop")
const progress = () => findCondition(read().status?.conditions, "Progressing")

test("a new Deployment gets its pods, and is done", () => {
  create(deployment("web", { image: "shop:1", replicas: 3 }))
  clock.advance(1000)
  expect(images()).toEqual(["shop:1", "shop:1", "shop:1"])
  expect(read().status).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    unavailableReplicas: 0,
  })
  expect(progress()).toMatchObject({ status: "True", reason: "NewReplicaSetAvailable" })
  expect(read().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("1")
})

describe("a new image", () => {
  beforeEach(() => {
    start({ "shop:bad": { do: "never-ready" } })
    create(deployment("web", { image: "shop:1", replicas: 4 }))
    clock.advance(1000)
  })

  test("replaces all pods, with never fewer available or more in all than the limits allow", () => {
    setImage("shop:2")
    let available = 4
    let total = 4
    for (let step = 0; step < 400; step++) {
      clock.advance(5)
      available = Math.min(available, read().status?.availableReplicas ?? 0)
      total = Math.max(total, read().status?.replicas ?? 0)
    }
    expect({ available, total }).toEqual({ available: 3, total: 5 })
    expect(images()).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
    expect(read().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("2")
    expect(
      sets()
        .map(({ spec }) => spec.replicas)
        .toSorted(),
    ).toEqual([0, 4])
  })

  test("is not observed before the controller has looked", () => {
    setImage("shop:2")
    expect(read().metadata.generation).toBe(2)
    expect(read().status?.observedGeneration).toBe(1)
    clock.advance(20)
    expect(read().status?.observedGeneration).toBe(2)
  })

  test("that never gets ready stops the rollout, which exceeds its deadline in scaled time", () => {
    setImage("shop:bad")
    clock.advance(5900)
    expect(progress()).toMatchObject({ status: "True", reason: "ReplicaSetUpdated" })
    expect(read().status).toMatchObject({ updatedReplicas: 2, availableReplicas: 3 })
    clock.advance(1000)
    expect(progress()).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" })
    expect(progress()?.message).toMatch(/^ReplicaSet "web-\w{10}" has timed out progressing\.$/)
  })

  test("going back from it with one pod leaves the condition as it was until there is progress", () => {
    change({ spec: { replicas: 1 } })
    clock.advance(1000)
    setImage("shop:bad")
    clock.advance(7000)
    const stale = progress()
    expect(stale).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" })
    setImage("shop:1")
    clock.advance(5)
    expect(read().status?.observedGeneration).toBe(read().metadata.generation)
    expect(progress()).toEqual(stale)
    clock.advance(2000)
    expect(progress()).toMatchObject({ status: "True", reason: "NewReplicaSetAvailable" })
    expect(read().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3")
    expect(sets()).toHaveLength(2)
  })

  test("does nothing while the Deployment is paused", () => {
    change({ spec: { paused: true } })
    setImage("shop:2")
    clock.advance(2000)
    expect(images()).toEqual(["shop:1", "shop:1", "shop:1", "shop:1"])
    expect(progress()).toMatchObject({ status: "Unknown", reason: "DeploymentPaused" })
    change({ spec: { paused: null } })
    clock.advance(2000)
    expect(images()).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
  })

  test("reaches all pods when their number changes meanwhile", () => {
    setImage("shop:2")
    clock.advance(100)
    change({ spec: { replicas: 6 } })
    clock.advance(200)
    change({ spec: { replicas: 2 } })
    clock.advance(3000)
    expect(images()).toEqual(["shop:2", "shop:2"])
    expect(read().status).toMatchObject({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 })
  })

  test("without any pods is done at once", () => {
    change({ spec: { replicas: 0 } })
    clock.advance(1000)
    setImage("shop:bad")
    clock.advance(100)
    expect(pods()).toEqual([])
    expect(progress()).toMatchObject({ reason: "NewReplicaSetAvailable" })
  })

  test("with the strategy Recreate comes once all old pods are gone", () => {
    change({ spec: { strategy: { type: "Recreate", rollingUpdate: null } } })
    setImage("shop:2")
    for (let step = 0; step < 100; step++) {
      clock.advance(5)
      expect(new Set(images()).size).toBeLessThan(2)
    }
    clock.advance(1000)
    expect(images()).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
  })
})

test("pods over the quota are a ReplicaFailure of the Deployment, until there is room", () => {
  create(deployment("web", { image: "shop:1", replicas: 4 }))
  cluster.knobs.quotas = { shop: 2 }
  clock.advance(1000)
  expect(pods()).toHaveLength(2)
  const failure = findCondition(read().status?.conditions, "ReplicaFailure")
  expect(failure).toMatchObject({ status: "True", reason: "FailedCreate" })
  expect(failure?.message).toMatch(/^pods "web-.*" is forbidden: exceeded quota: pods,/)
  cluster.knobs.quotas = {}
  clock.advance(1000)
  expect(pods()).toHaveLength(4)
  expect(findCondition(read().status?.conditions, "ReplicaFailure")).toBeNull()
})

test("pods count as available once they have been ready for minReadySeconds", () => {
  create(deployment("web", { image: "shop:1", spec: { minReadySeconds: 30 } }))
  clock.advance(300)
  expect(read().status).toMatchObject({ readyReplicas: 1, availableReplicas: 0 })
  clock.advance(300)
  expect(read().status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 })
})

test("only as many old ReplicaSets are kept as the Deployment wants", () => {
  create(deployment("web", { image: "shop:0", spec: { revisionHistoryLimit: 1 } }))
  for (const image of ["shop:1", "shop:2", "shop:3"]) {
    clock.advance(2000)
    setImage(image)
  }
  clock.advance(2000)
  expect(
    sets()
      .map(({ spec }) => spec.template.spec.containers[0]?.image)
      .toSorted(),
  ).toEqual(["shop:2", "shop:3"])
})

test("without a deadline there is no condition of progress", () => {
  create(deployment("web", { image: "shop:1", spec: { progressDeadlineSeconds: 2 ** 31 - 1 } }))
  clock.advance(1000)
  expect(progress()).toBeNull()
  expect(read().status).toMatchObject({ availableReplicas: 1 })
})
