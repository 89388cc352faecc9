import { beforeEach, describe, expect, test } from "vitest"
import { findCondition } from "./condition.ts"
import type { Json } from "./json-patch.ts"
import { deployment } from "./manifest.ts"
import { Stage } from "./stage.ts"

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})

const setImage = (image: string) => stage.setImage("deployments", "web", image)
const change = (patch: Json) => stage.patch("deployments", "web", patch)
const read = () => stage.read("deployments", "web")
const sets = () => stage.cluster.store.list("replicasets", "shop")
const progress = () => findCondition(read().status?.conditions, "Progressing")

test("a new Deployment gets its pods, and is done", () => {
  stage.create(deployment("web", { image: "shop:1", replicas: 3 }))
  stage.clock.advance(1000)
  expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1"])
  expect(read().status).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
  })
  expect(progress()).toMatchObject({ status: "True", reason: "NewReplicaSetAvailable" })
  expect(read().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("1")
})

describe("a new image", () => {
  beforeEach(() => {
    stage = new Stage({ "shop:bad": { do: "never-ready" } })
    stage.create(
      deployment("web", { image: "shop:1", replicas: 4, spec: { progressDeadlineSeconds: 600 } }),
      1000,
    )
  })

  test("replaces all pods, with never fewer available or more in all than the limits allow", () => {
    setImage("shop:2")
    let available = 4
    let total = 4
    for (let step = 0; step < 400; step++) {
      stage.clock.advance(5)
      available = Math.min(available, read().status?.availableReplicas ?? 0)
      total = Math.max(total, read().status?.replicas ?? 0)
    }
    expect({ available, total }).toEqual({ available: 3, total: 5 })
    expect(stage.images).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
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
    stage.clock.advance(20)
    expect(read().status?.observedGeneration).toBe(2)
  })

  test("that never gets ready stops the rollout, which exceeds its deadline in scaled time", () => {
    setImage("shop:bad")
    stage.clock.advance(5900)
    expect(progress()).toMatchObject({ status: "True", reason: "ReplicaSetUpdated" })
    expect(read().status).toMatchObject({ updatedReplicas: 2, availableReplicas: 3 })
    stage.clock.advance(1000)
    expect(progress()).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" })
    expect(progress()?.message).toMatch(/^ReplicaSet "web-\w{10}" has timed out progressing\.$/)
  })

  test("going back from it with one pod leaves the condition as it was until there is progress", () => {
    change({ spec: { replicas: 1 } })
    stage.clock.advance(1000)
    setImage("shop:bad")
    stage.clock.advance(7000)
    const stale = progress()
    expect(stale).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" })
    setImage("shop:1")
    stage.clock.advance(5)
    expect(read().status?.observedGeneration).toBe(read().metadata.generation)
    expect(progress()).toEqual(stale)
    stage.clock.advance(2000)
    expect(progress()).toMatchObject({ status: "True", reason: "NewReplicaSetAvailable" })
    expect(read().metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3")
    expect(sets()).toHaveLength(2)
  })

  test("does nothing while the Deployment is paused", () => {
    change({ spec: { paused: true } })
    setImage("shop:2")
    stage.clock.advance(2000)
    expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1", "shop:1"])
    expect(progress()).toMatchObject({ status: "Unknown", reason: "DeploymentPaused" })
    change({ spec: { paused: null } })
    stage.clock.advance(2000)
    expect(stage.images).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
  })

  test("reaches all pods when their number changes meanwhile", () => {
    setImage("shop:2")
    stage.clock.advance(100)
    change({ spec: { replicas: 6 } })
    stage.clock.advance(200)
    change({ spec: { replicas: 2 } })
    stage.clock.advance(3000)
    expect(stage.images).toEqual(["shop:2", "shop:2"])
    expect(read().status).toMatchObject({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 })
  })

  test("without any pods is done at once", () => {
    change({ spec: { replicas: 0 } })
    stage.clock.advance(1000)
    setImage("shop:bad")
    stage.clock.advance(100)
    expect(stage.pods).toEqual([])
    expect(progress()).toMatchObject({ reason: "NewReplicaSetAvailable" })
  })

  test("with the strategy Recreate comes once all old pods are gone", () => {
    change({ spec: { strategy: { type: "Recreate", rollingUpdate: null } } })
    setImage("shop:2")
    for (let step = 0; step < 100; step++) {
      stage.clock.advance(5)
      expect(new Set(stage.images).size).toBeLessThan(2)
    }
    stage.clock.advance(1000)
    expect(stage.images).toEqual(["shop:2", "shop:2", "shop:2", "shop:2"])
  })
})

test("pods over the quota are a ReplicaFailure of the Deployment, until there is room", () => {
  stage.create(deployment("web", { image: "shop:1", replicas: 4 }))
  stage.cluster.knobs.quotas = { shop: 2 }
  stage.clock.advance(1000)
  expect(stage.pods).toHaveLength(2)
  const failure = findCondition(read().status?.conditions, "ReplicaFailure")
  expect(failure).toMatchObject({ status: "True", reason: "FailedCreate" })
  expect(failure?.message).toMatch(/^pods "web-.*" is forbidden: exceeded quota: pods,/)
  stage.cluster.knobs.quotas = {}
  stage.clock.advance(1000)
  expect(stage.pods).toHaveLength(4)
  expect(findCondition(read().status?.conditions, "ReplicaFailure")).toBeNull()
})

test("pods count as available once they have been ready for minReadySeconds", () => {
  stage.create(deployment("web", { image: "shop:1", spec: { minReadySeconds: 30 } }))
  stage.clock.advance(300)
  expect(read().status).toMatchObject({ readyReplicas: 1, unavailableReplicas: 1 })
  stage.clock.advance(300)
  expect(read().status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 })
})

test("only as many old ReplicaSets are kept as the Deployment wants", () => {
  stage.create(deployment("web", { image: "shop:0", spec: { revisionHistoryLimit: 1 } }))
  for (const image of ["shop:1", "shop:2", "shop:3"]) {
    stage.clock.advance(2000)
    setImage(image)
  }
  stage.clock.advance(2000)
  expect(
    sets()
      .map(({ spec }) => spec.template.spec.containers[0]?.image)
      .toSorted(),
  ).toEqual(["shop:2", "shop:3"])
})

test("without a deadline there is no condition of progress", () => {
  stage.create(deployment("web", { image: "shop:1", spec: { progressDeadlineSeconds: 2 ** 31 - 1 } }))
  stage.clock.advance(1000)
  expect(progress()).toBeNull()
  expect(read().status).toMatchObject({ availableReplicas: 1 })
})
