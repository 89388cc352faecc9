import { loadavg } from "node:os"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Progress } from "../../src/deploy/core/progress.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeDeployment } from "./cluster/workloads.ts"
import { MemoryPeak } from "./deploy/memory-peak.ts"
import { type Deploy, oldImage, Shop } from "./deploy/shop.ts"
import { clusterUser, type Stage, startStage } from "./deploy/stage.ts"

const namespace = "many"
const workloads = 20
const podsEach = 50
/** With room for the pods that a rollout has more. */
const nodes = 8
const limitMs = 1_200_000
const patience = "600s"
let stage: Stage
let shop: Shop

beforeAll(async () => {
  stage = await startStage(nodes)
  const names = Array.from({ length: workloads }, (_, index) => `web-${index + 1}`)
  const all = names.map((name) =>
    makeDeployment({
      namespace,
      name,
      image: oldImage,
      replicas: podsEach,
      maxUnavailable: 0,
      maxSurge: "25%",
    }),
  )
  shop = await Shop.open(stage, { namespace, workloads: all, settle: "10s", patience })
})

afterAll(() => stage?.[Symbol.asyncDispose]())

/** How many requests a run may make: each renewal of the lock adds one, each workload a few, a pod none. */
const mostRequests = 20 * workloads
const mostMebibytes = 400

async function deploy(play: "ready" | "crash-loop"): Promise<Deploy> {
  const asked = requests()
  const memory = new MemoryPeak()
  const run = await shop.deploy({ play, n: 20 }, [], { limitMs, watch: memory.watch })
  const own = requests() - asked
  const first = timeOf(run, "patched")
  const turned = run.progress.some(({ type }) => type === "going-back")
    ? `, ${(timeOf(run, "going-back") - first).toFixed(1)} s to going back`
    : ""
  console.log(
    `${play}: ${workloads} workloads, ${workloads * podsEach} pods: ${(timeOf(run, "ended") - first).toFixed(1)} s ` +
      `from the first change to the end${turned}, ${memory.mebibytes.toFixed(0)} MiB, ${own} requests; ` +
      `load average ${loadavg()[0]?.toFixed(1)}`,
  )
  expect(memory.mebibytes).toBeLessThan(mostMebibytes)
  expect(own).toBeLessThan(mostRequests)
  return run
}

function requests(): number {
  const all = stage.plane.requests(clusterUser)
  return all.filter(({ uri }) => uri.includes(`/namespaces/${namespace}/`)).length
}

/** When the run first told something of that kind, in seconds: each line says it. */
function timeOf({ progress }: Deploy, type: Progress["type"]): number {
  const found = progress.find((one) => one.type === type)
  return Date.parse(String(new Map(Object.entries(found ?? {})).get("at"))) / 1_000
}

test("20 workloads with 1,000 pods get a release, with memory and requests that do not grow with the pods.", async () => {
  const run = await deploy("ready")
  expect(run).toMatchObject({ status: 0, code: null })
  expect(new Set(await shop.images())).toEqual(new Set([imageOf("ready", 20)]))
  expect(await shop.podImages()).toEqual({ [imageOf("ready", 20)]: workloads * podsEach })
})

test("All of them are back when the next one crashes.", async () => {
  const run = await deploy("crash-loop")
  expect(run).toMatchObject({ status: 8, code: "ROLLOUT_FAILED" })
  expect(run.progress.at(-1)).toMatchObject({ type: "ended", standing: "back" })
  expect(new Set(await shop.images())).toEqual(new Set([imageOf("ready", 20)]))
  expect(await shop.podImages()).toEqual({ [imageOf("ready", 20)]: workloads * podsEach })
})
