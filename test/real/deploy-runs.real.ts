import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { letReady } from "./cluster/held.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeDeployment } from "./cluster/workloads.ts"
import { type Deploy, oldImage, Shop } from "./deploy/shop.ts"
import { type Stage, startStage } from "./deploy/stage.ts"
import { killedAt, oncePatched } from "./deploy/while-running.ts"

const rolledOut = /successfully rolled out/
const deployed = { type: "ended", ending: { type: "deployed" }, standing: "new" }
let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage?.[Symbol.asyncDispose]())

function openShop(namespace: string, names: readonly string[] = ["web"]): Promise<Shop> {
  const workloads = names.map((name) => makeDeployment({ namespace, name, image: oldImage, replicas: 3 }))
  return Shop.open(stage, { namespace, workloads })
}

async function expectEverywhere(shop: Shop, image: string): Promise<void> {
  expect(await shop.images()).toEqual(shop.workloads.map(() => image))
  expect(await shop.rolloutStatus()).toEqual(shop.workloads.map(() => expect.stringMatching(rolledOut)))
  expect(Object.keys(await shop.podImages())).toEqual([image])
  expect(await shop.leases()).toBe("")
}

function buildOf({ progress }: Deploy): string {
  const started = progress.find((one) => one.type === "build-started")
  if (started?.type !== "build-started") throw new Error("it told of no build")
  return started.build
}

test("Of two deploys at once, the second is told who deploys, and begins nothing.", async () => {
  const shop = await openShop("both")
  const usher = new AbortController()
  let second: Deploy | null = null
  const meanwhile = oncePatched(async () => {
    second = await shop.deploy({ play: "ready", n: 1 })
    void letReady(stage.plane, { namespace: "both", app: "web" }, 0, usher.signal)
  })
  const first = await shop.deploy({ play: "held", n: 1 }, [], { watch: meanwhile.watch })
  usher.abort()
  await meanwhile.done
  expect(second).toMatchObject({ status: 7, code: "LOCKED" })
  expect(second).toMatchObject({ stderr: expect.stringContaining("deploys this environment") })
  expect(await stage.aws.builds()).toHaveLength(1)
  expect(first).toMatchObject({ status: 0, code: null })
  await expectEverywhere(shop, imageOf("held", 1))
})

describe("what a run that was killed has begun", () => {
  test("while it built is deployed by --resume, with no second build", async () => {
    const shop = await openShop("building")
    const before = (await stage.aws.builds()).length
    const killed = await shop.deploy({ play: "ready", n: 2 }, [], { watch: killedAt("build-started") })
    expect(killed.signal).toBe("SIGKILL")
    expect(await shop.images()).toEqual([oldImage])
    const run = await shop.deploy({ play: "ready", n: 3 }, ["--resume", buildOf(killed), "--break-lock"])
    expect(run).toMatchObject({ status: 0, code: null })
    expect(run.progress.at(-1)).toMatchObject(deployed)
    expect(await stage.aws.builds()).toHaveLength(before + 1)
    await expectEverywhere(shop, imageOf("ready", 2))
  })

  test("while pods started is brought to its end by --resume", async () => {
    const shop = await openShop("rolling", ["web", "api"])
    const killed = await shop.deploy({ play: "held", n: 4 }, [], { watch: killedAt("patched") })
    expect(killed.signal).toBe("SIGKILL")
    const usher = new AbortController()
    for (const app of ["web", "api"]) {
      void letReady(stage.plane, { namespace: "rolling", app }, 0, usher.signal)
    }
    const run = await shop.deploy({ play: "held", n: 4 }, ["--resume", buildOf(killed), "--break-lock"])
    usher.abort()
    expect(run).toMatchObject({ status: 0, code: null })
    expect(run.progress.at(-1)).toMatchObject(deployed)
    await expectEverywhere(shop, imageOf("held", 4))
  })

  test("while pods started that crash goes back by --resume, to what ran before both runs", async () => {
    const shop = await openShop("crashing", ["web", "api"])
    const killed = await shop.deploy({ play: "crash-loop", n: 5 }, [], { watch: killedAt("rollout") })
    expect(killed.signal).toBe("SIGKILL")
    const run = await shop.deploy({ play: "ready", n: 6 }, ["--resume", buildOf(killed), "--break-lock"])
    expect(run).toMatchObject({ status: 8, code: "ROLLOUT_FAILED" })
    expect(run.progress.at(-1)).toMatchObject({ type: "ended", standing: "back" })
    await expectEverywhere(shop, oldImage)
  })
})

test("Nothing is begun by somebody who may not patch a workload, or when it is paused.", async () => {
  const shop = await openShop("refused")
  const before = (await stage.aws.builds()).length
  await shop.kubectl("rollout", "pause", "deployment/web")
  const paused = await shop.deploy({ play: "ready", n: 7 })
  expect(paused).toMatchObject({ status: 2, code: "WORKLOAD_UNUSABLE" })
  expect(paused.stderr).toContain("is paused: kubectl rollout resume deployment/web")
  await shop.kubectl("rollout", "resume", "deployment/web")
  await shop.kubectl("delete", "rolebinding", "envseal")
  const forbidden = await shop.deploy({ play: "ready", n: 7 })
  expect(forbidden).toMatchObject({ status: 5, code: "ACCESS_DENIED" })
  expect(forbidden.stderr).toContain("is not allowed to you")
  expect(await stage.aws.builds()).toHaveLength(before)
  expect(await shop.images()).toEqual([oldImage])
})
