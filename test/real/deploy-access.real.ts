import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { everyRuntime } from "../script/harness.ts"
import { letReady } from "./cluster/held.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeDeployment } from "./cluster/workloads.ts"
import { oldImage, Shop } from "./deploy/shop.ts"
import { awsUser, clusterUser, eksClusterOf, type Stage, startStage } from "./deploy/stage.ts"
import { oncePatched } from "./deploy/while-running.ts"
import { hangMs } from "./hang.ts"

const rolledOut = /successfully rolled out/
/** Each is used long before it ends, on a slow machine too. */
const tokenSeconds = 15
const patience = { timeout: hangMs, interval: 500 }
let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage?.[Symbol.asyncDispose]())

function openShop(namespace: string, way: { readonly byEks?: true } = { byEks: true }): Promise<Shop> {
  const web = makeDeployment({ namespace, name: "web", image: oldImage, replicas: 3 })
  return Shop.open(stage, { namespace, workloads: [web], ...way })
}

async function expectDone(shop: Shop, image: string): Promise<void> {
  expect(await shop.rolloutStatus()).toEqual([expect.stringMatching(rolledOut)])
  expect(await shop.images()).toEqual([image])
  expect(await shop.podImages()).toEqual({ [image]: 3 })
  expect(await shop.leases()).toBe("")
}

/** How many tokens the API server has shown to AWS, and was told to be nobody's. */
async function refusedTokens(): Promise<number> {
  const reviews = (await stage.aws.requests()).filter(({ operation }) => operation === "TokenReview")
  return reviews.filter(({ principal }) => principal === null).length
}

describe.each(everyRuntime.filter(({ runtime }) => runtime !== "bun"))(
  "a deploy to an EKS cluster without a kubeconfig, by $runtime,",
  ({ runtime, executable }) => {
    const n = runtime === "node" ? 1 : 2

    test("is done when kubectl agrees, by tokens of AWS alone", async () => {
      const shop = await openShop(`eks-${n}`)
      await stage.aws.clearRequests()
      const before = stage.plane.requests(awsUser).length
      const run = await shop.deploy({ play: "ready", n }, [], { executable })
      await expectDone(shop, imageOf("ready", n))
      expect(run).toMatchObject({ status: 0, stderr: "" })
      expect(run.progress.at(-1)).toMatchObject({
        type: "ended",
        ending: { type: "deployed" },
        standing: "new",
      })
      const requests = stage.plane.requests(awsUser).slice(before)
      expect(requests.map(({ verb }) => verb)).toContain("patch")
      expect(requests.filter(({ status }) => status === 403)).toEqual([])
      expect(stage.plane.requests(clusterUser)).toEqual([])
      expect(await refusedTokens()).toBe(0)
    })

    test("outlives the tokens that it began with", async () => {
      const shop = await openShop(`tokens-${n}`)
      await stage.aws.setWorld({ eksClusters: [await eksClusterOf(stage.plane, tokenSeconds)] })
      const usher = new AbortController()
      const expiry = oncePatched(async () => {
        const before = await refusedTokens()
        await expect.poll(refusedTokens, patience).toBeGreaterThan(before)
        void letReady(stage.plane, { namespace: `tokens-${n}`, app: "web" }, 0, usher.signal)
      })
      const run = await shop.deploy({ play: "held", n }, [], { executable, watch: expiry.watch })
      usher.abort()
      await expiry.done
      await stage.aws.setWorld({ eksClusters: [await eksClusterOf(stage.plane)] })
      await expectDone(shop, imageOf("held", n))
      expect(run).toMatchObject({ status: 0, code: null })
      expect(run.progress.at(-1)).toMatchObject({
        type: "ended",
        ending: { type: "deployed" },
        standing: "new",
      })
    })
  },
)

test.each(everyRuntime.filter(({ runtime }) => runtime !== "bun"))(
  "A deploy by $runtime with a client certificate is done when kubectl agrees.",
  async ({ runtime, executable }) => {
    const n = runtime === "node" ? 4 : 5
    const shop = await openShop(`certificate-${n}`, {})
    const env = { KUBECONFIG: await stage.plane.certificateKubeconfig(clusterUser) }
    const before = stage.plane.requests(clusterUser).length
    const run = await shop.deploy({ play: "ready", n }, [], { executable, env })
    await expectDone(shop, imageOf("ready", n))
    expect(run).toMatchObject({ status: 0, stderr: "" })
    const requests = stage.plane.requests(clusterUser).slice(before)
    expect(requests.map(({ verb }) => verb)).toContain("patch")
  },
)

test("Nothing is built for a cluster that EKS does not know.", async () => {
  const shop = await openShop("hidden")
  await stage.aws.setWorld({ eksClusters: [] })
  const before = await stage.aws.builds()
  const run = await shop.deploy({ play: "ready", n: 3 })
  expect(run).toMatchObject({ status: 2, code: "WRONG_CLUSTER" })
  expect(await stage.aws.builds()).toHaveLength(before.length)
  expect(await shop.images()).toEqual([oldImage])
})
