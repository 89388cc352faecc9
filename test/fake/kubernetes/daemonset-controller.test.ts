import { beforeEach, expect, test } from "vitest"
import { daemonSet } from "./manifest.ts"
import { isReady } from "./pod-status.ts"
import { Stage } from "./stage.ts"

let stage: Stage
beforeEach(() => {
  stage = new Stage({ "shop:bad": { do: "never-ready" } })
  stage.create(daemonSet("agent", { image: "shop:1" }), 500)
})

const read = () => stage.read("daemonsets", "agent")
const setImage = (image: string) => stage.setImage("daemonsets", "agent", image)

test("each node has a pod", () => {
  expect(stage.pods.map(({ spec }) => spec.nodeName).toSorted()).toEqual(["node-1", "node-2", "node-3"])
  expect(read().status).toEqual({
    observedGeneration: 1,
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 3,
    numberAvailable: 3,
    numberMisscheduled: 0,
  })
})

test("a new image replaces them one by one", () => {
  setImage("shop:2")
  let fewest = 3
  for (let step = 0; step < 300; step++) {
    stage.clock.advance(5)
    fewest = Math.min(fewest, stage.pods.filter(isReady).length)
  }
  expect(fewest).toBe(2)
  expect(stage.images).toEqual(["shop:2", "shop:2", "shop:2"])
})

test("one that is never ready stops the rollout, and going back replaces it at once", () => {
  setImage("shop:bad")
  stage.clock.advance(3000)
  expect(stage.images.toSorted()).toEqual(["shop:1", "shop:1", "shop:bad"])
  expect(read().status).toMatchObject({ updatedNumberScheduled: 1, numberAvailable: 2, numberUnavailable: 1 })
  setImage("shop:1")
  stage.clock.advance(1000)
  expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1"])
  expect(read().status).toMatchObject({
    observedGeneration: 3,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
  })
})

test("with the strategy OnDelete nothing happens by itself", () => {
  stage.patch("daemonsets", "agent", { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } })
  setImage("shop:2")
  stage.clock.advance(1000)
  expect(stage.images).toEqual(["shop:1", "shop:1", "shop:1"])
})
