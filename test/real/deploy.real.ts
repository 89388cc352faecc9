import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { everyRuntime } from "../script/harness.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeCronJob, makeDeployment, makeStatefulSet } from "./cluster/workloads.ts"
import { oldImage, Shop } from "./deploy/shop.ts"
import { clusterUser, type Stage, startStage } from "./deploy/stage.ts"

const rolledOut = /successfully rolled out|roll out complete|rolling update complete/
const mostRequests = 120
let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage?.[Symbol.asyncDispose]())

/** Three Deployments, a StatefulSet and a CronJob: 200 pods. */
function openLargeShop(namespace: string): Promise<Shop> {
  const common = { namespace, image: oldImage }
  return Shop.open(stage, {
    namespace,
    workloads: [
      makeDeployment({ ...common, name: "web", replicas: 100 }),
      makeDeployment({ ...common, name: "api", replicas: 60 }),
      makeDeployment({ ...common, name: "worker", replicas: 30 }),
      makeStatefulSet({ ...common, name: "queue", replicas: 10 }),
      makeCronJob({ ...common, name: "clean" }),
    ],
  })
}

describe.each(everyRuntime.filter(({ runtime }) => runtime !== "bun"))(
  "a deploy to 200 pods by $runtime",
  ({ runtime, executable }) => {
    const n = runtime === "node" ? 1 : 2
    let shop: Shop
    beforeAll(async () => {
      shop = await openLargeShop(`large-${n}`)
    })

    test("is done when kubectl agrees, with few requests", async () => {
      const image = imageOf("ready", n)
      const before = stage.plane.requests(clusterUser).length
      const run = await shop.deploy({ play: "ready", n }, [], { executable })
      expect(await shop.rolloutStatus()).toEqual(Array(4).fill(expect.stringMatching(rolledOut)))
      expect(run).toMatchObject({ status: 0, stderr: "" })
      expect(run.progress.at(-1)).toMatchObject({
        type: "ended",
        ending: { type: "deployed" },
        standing: "new",
      })
      expect(await shop.images()).toEqual(Array(5).fill(image))
      expect(await shop.podImages()).toEqual({ [image]: 200 })
      expect(await shop.leases()).toBe("")
      const requests = stage.plane.requests(clusterUser).slice(before)
      console.log(`${requests.length} requests to the API server by ${runtime}`)
      expect(requests.length).toBeLessThan(mostRequests)
      expect(requests.filter(({ status }) => status === 403)).toEqual([])
      expect(requests.filter(({ uri }) => /\/(secrets|configmaps)/.test(uri))).toEqual([])
    })

    test("whose pods crash goes back everywhere", async () => {
      const image = imageOf("ready", n)
      const run = await shop.deploy({ play: "crash-loop", n }, [], { executable })
      expect(await shop.rolloutStatus()).toEqual(Array(4).fill(expect.stringMatching(rolledOut)))
      expect(run).toMatchObject({ status: 8, code: "ROLLOUT_FAILED" })
      expect(run.progress.at(-1)).toMatchObject({ type: "ended", standing: "back" })
      expect(await shop.images()).toEqual(Array(5).fill(image))
      expect(await shop.podImages()).toEqual({ [image]: 200 })
    })
  },
)
