import { beforeEach, describe, expect, test } from "vitest"
import { statefulSet } from "./manifest.ts"
import type { Pod } from "./pod.ts"
import { isReady } from "./pod-status.ts"
import { Stage } from "./stage.ts"

let stage: Stage
beforeEach(() => {
  stage = new Stage({ "shop:bad": { do: "crash-loop" } })
})

const read = () => stage.read("statefulsets", "db")
const setImage = (image: string) => stage.setImage("statefulsets", "db", image)
const ready = () => stage.pods.filter(isReady).map(({ metadata }) => metadata.name)
const shop = (replicas: number, spec: Readonly<Record<string, unknown>> = {}) =>
  statefulSet("db", { image: "shop:1", replicas, spec })

function steps(count: number, look: () => void): void {
  for (let step = 0; step < count; step++) {
    stage.clock.advance(5)
    look()
  }
}

test("pods come one after the other, each when those before it are ready", () => {
  stage.create(shop(3))
  const seen = new Set<string>()
  steps(300, () =>
    seen.add(stage.pods.map((pod) => `${pod.metadata.name}${isReady(pod) ? "+" : ""}`).join(" ")),
  )
  expect([...seen]).toEqual([
    "db-0",
    "db-0+",
    "db-0+ db-1",
    "db-0+ db-1+",
    "db-0+ db-1+ db-2",
    "db-0+ db-1+ db-2+",
  ])
  const { currentRevision, updateRevision, ...counts } = read().status ?? {}
  expect(counts).toMatchObject({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 })
  expect(currentRevision).toBe(updateRevision)
})

test("they come all at once with the policy Parallel", () => {
  stage.create(shop(3, { podManagementPolicy: "Parallel" }), 10)
  expect(stage.pods).toHaveLength(3)
})

describe("a new image", () => {
  beforeEach(() => stage.create(shop(3), 1500))

  test("replaces the pods from the last to the first, and then is the current revision", () => {
    setImage("shop:2")
    const seen = new Set<string>()
    steps(400, () => {
      seen.add(stage.images.join(" "))
      expect(ready().length).toBeGreaterThan(1)
    })
    expect([...seen].filter((images) => images.split(" ").length === 3)).toEqual([
      "shop:1 shop:1 shop:1",
      "shop:1 shop:1 shop:2",
      "shop:1 shop:2 shop:2",
      "shop:2 shop:2 shop:2",
    ])
    expect(read().status?.currentRevision).toBe(read().status?.updateRevision)
  })

  test("leaves those below the partition as they are, also when they have to be made again", () => {
    stage.patch("statefulsets", "db", { spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } })
    setImage("shop:2")
    stage.clock.advance(1000)
    deletePod("db-0")
    stage.clock.advance(1000)
    expect(stage.images).toEqual(["shop:1", "shop:1", "shop:2"])
    expect(read().status).toMatchObject({ updatedReplicas: 1, readyReplicas: 3 })
    expect(read().status?.currentRevision).not.toBe(read().status?.updateRevision)
  })

  test("waits for pods to be deleted with the strategy OnDelete", () => {
    stage.patch("statefulsets", "db", { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } })
    setImage("shop:2")
    stage.clock.advance(1000)
    deletePod("db-1")
    stage.clock.advance(1000)
    expect(stage.images).toEqual(["shop:1", "shop:2", "shop:1"])
  })

  test("that cannot get ready stays in the last pod when going back, until that one is deleted", () => {
    setImage("shop:bad")
    stage.clock.advance(2000)
    setImage("shop:1")
    stage.clock.advance(5000)
    expect(stage.images).toEqual(["shop:1", "shop:1", "shop:bad"])
    expect(read().status?.observedGeneration).toBe(3)
    deletePod("db-2")
    stage.clock.advance(1000)
    expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1"])
    expect(ready()).toHaveLength(3)
    expect(read().status?.currentRevision).toBe(read().status?.updateRevision)
  })

  test("that cannot get ready is gone by itself when going back with the policy Parallel", () => {
    stage.cluster.store.remove({ resource: "statefulsets", namespace: "shop", name: "db" })
    stage.clock.advance(500)
    stage.create(shop(3, { podManagementPolicy: "Parallel" }), 1000)
    setImage("shop:bad")
    stage.clock.advance(2000)
    setImage("shop:1")
    stage.clock.advance(2000)
    expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1"])
  })
})

test("fewer pods: the last ones go first", () => {
  stage.create(shop(3), 1500)
  stage.patch("statefulsets", "db", { spec: { replicas: 1 } })
  const seen = new Set<string>()
  steps(100, () => seen.add(stage.pods.map((pod) => pod.metadata.name).join(" ")))
  expect([...seen]).toEqual(["db-0 db-1 db-2", "db-0 db-1", "db-0"])
})

test("a pod over the quota is reported, and comes when there is room", () => {
  stage.cluster.knobs.quotas = { shop: 1 }
  stage.create(shop(2), 1000)
  expect(stage.pods).toHaveLength(1)
  expect(stage.happenings).toContain("Warning FailedCreate")
  stage.cluster.knobs.quotas = {}
  stage.clock.advance(1000)
  expect(ready()).toEqual(["db-0", "db-1"])
})

function deletePod(name: string): void {
  stage.cluster.pods.delete(stage.read("pods", name) satisfies Pod)
}
