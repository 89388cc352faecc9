import type { ChildProcess } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { seconds } from "../script/harness.ts"
import { letReady } from "./cluster/held.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeCronJob, makeDeployment, makePodQuota, makeStatefulSet } from "./cluster/workloads.ts"
import { oldImage, Shop } from "./deploy/shop.ts"
import { type Stage, startStage } from "./deploy/stage.ts"
import { oncePatched, onceSaid } from "./deploy/while-running.ts"
import { hangMs } from "./hang.ts"

const rolledOut = /successfully rolled out|roll out complete|rolling update complete/
const stall = async () => ["--stall", await seconds(10)]
const patience = { timeout: hangMs, interval: 250 }
const failed = { status: 8, code: "ROLLOUT_FAILED" }
const deployed = { type: "ended", ending: { type: "deployed" }, standing: "new" }
const back = { type: "ended", standing: "back" }
let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage?.[Symbol.asyncDispose]())

function openShop(namespace: string, names: readonly string[] = ["web"], replicas = 3): Promise<Shop> {
  const workloads = names.map((name) => makeDeployment({ namespace, name, image: oldImage, replicas }))
  return Shop.open(stage, { namespace, workloads })
}

async function expectEverywhere(shop: Shop, image: string): Promise<void> {
  expect(await shop.images()).toEqual(shop.workloads.map(() => image))
  expect(await shop.rolloutStatus()).toEqual(shop.workloads.map(() => expect.stringMatching(rolledOut)))
  expect(Object.keys(await shop.podImages())).toEqual([image])
}

describe("a rollout goes back, everywhere,", () => {
  test("when the image cannot be pulled", async () => {
    const shop = await openShop("pull", ["web", "api"])
    const run = await shop.deploy({ play: "image-pull", n: 1 })
    await expectEverywhere(shop, oldImage)
    expect(run).toMatchObject(failed)
    expect(run.stderr).toContain("ImagePullBackOff")
    expect(run.progress.at(-1)).toMatchObject(back)
  })

  test("when two replicas of one workload never become ready", async () => {
    const shop = await openShop("two", ["web", "api"], 8)
    const usher = new AbortController()
    const letting = [
      letReady(stage.plane, { namespace: "two", app: "web" }, 0, usher.signal),
      letReady(stage.plane, { namespace: "two", app: "api" }, 2, usher.signal),
    ]
    const run = await shop.deploy({ play: "held", n: 2 }, await stall())
    usher.abort()
    await expectEverywhere(shop, oldImage)
    expect(run).toMatchObject(failed)
    expect(run.stderr).toContain("deployment/api")
    expect(run.progress.at(-1)).toMatchObject(back)
    await Promise.all(letting)
  })

  test("when a quota leaves no room for another pod", async () => {
    const shop = await openShop("quota")
    await stage.plane.apply(makePodQuota("quota", 3))
    const run = await shop.deploy({ play: "ready", n: 3 }, await stall())
    await expectEverywhere(shop, oldImage)
    expect(run).toMatchObject(failed)
    expect(run.stderr).toContain("exceeded quota")
    expect(run.progress.at(-1)).toMatchObject(back)
  })

  test("when the first pod of an ordered StatefulSet crashes, and that pod is replaced", async () => {
    const queue = makeStatefulSet({
      ...{ namespace: "ordered", name: "queue", image: oldImage, replicas: 3, ordered: true },
    })
    const shop = await Shop.open(stage, { namespace: "ordered", workloads: [queue] })
    const run = await shop.deploy({ play: "crash-loop", n: 4 })
    await expectEverywhere(shop, oldImage)
    expect(run).toMatchObject(failed)
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "pod-replaced", pod: "queue-2" }))
    expect(run.progress.at(-1)).toMatchObject(back)
  })
})

test("A deploy right after one that went back at its deadline is not told of that deadline.", async () => {
  const web = makeDeployment({
    ...{ namespace: "again", name: "web", image: oldImage, replicas: 3, progressDeadlineSeconds: 30 },
  })
  const shop = await Shop.open(stage, { namespace: "again", workloads: [web] })
  expect(await shop.deploy({ play: "never-ready", n: 5 })).toMatchObject(failed)
  const run = await shop.deploy({ play: "ready", n: 5 })
  await expectEverywhere(shop, imageOf("ready", 5))
  expect(run).toMatchObject({ status: 0, code: null })
  expect(run.progress.at(-1)).toMatchObject(deployed)
})

test("A deploy gets over an API server that is killed and comes back.", async () => {
  const shop = await openShop("outage")
  const usher = new AbortController()
  const lost = onceSaid('"type":"contact-lost"')
  const outage = oncePatched(async () => {
    await stage.plane.stopApiServer()
    await lost.said
    await stage.plane.startApiServer()
    void letReady(stage.plane, { namespace: "outage", app: "web" }, 0, usher.signal)
  })
  const watch = (child: ChildProcess) => {
    outage.watch(child)
    lost.watch(child)
  }
  const run = await shop.deploy({ play: "held", n: 6 }, [], { watch })
  usher.abort()
  await outage.done
  await expectEverywhere(shop, imageOf("held", 6))
  expect(run).toMatchObject({ status: 0, code: null })
  const told = run.progress.map(({ type }) => type)
  expect(told).toContain("contact-lost")
  expect(told).toContain("contact-found")
  expect(run.progress.at(-1)).toMatchObject(deployed)
})

test("What somebody else set meanwhile stays.", async () => {
  const shop = await openShop("foreign")
  const theirs = imageOf("ready", 777)
  const other = oncePatched(async () => {
    await shop.kubectl("set", "image", "deployment/web", `app=${theirs}`)
  })
  const run = await shop.deploy({ play: "held", n: 7 }, [], { watch: other.watch })
  await other.done
  await shop.kubectl("rollout", "status", "deployment/web", `--timeout=${hangMs}ms`)
  await expectEverywhere(shop, theirs)
  expect(run).toMatchObject({ status: 8, code: "SUPERSEDED" })
})

describe("the number of pods", () => {
  test("may be changed by somebody else while they start, as an autoscaler does", async () => {
    const shop = await openShop("scaled")
    const usher = new AbortController()
    const scaling = oncePatched(async () => {
      await shop.kubectl("scale", "deployment/web", "--replicas=6")
      void letReady(stage.plane, { namespace: "scaled", app: "web" }, 0, usher.signal)
    })
    const run = await shop.deploy({ play: "held", n: 10 }, [], { watch: scaling.watch })
    usher.abort()
    await scaling.done
    await expectEverywhere(shop, imageOf("held", 10))
    expect(await shop.podImages()).toEqual({ [imageOf("held", 10)]: 6 })
    expect(run).toMatchObject({ status: 0, code: null })
    expect(run.progress.at(-1)).toMatchObject(deployed)
  })

  test("may be none, of which a note is made", async () => {
    const shop = await openShop("none", ["web"], 0)
    const run = await shop.deploy({ play: "ready", n: 11 })
    expect(await shop.images()).toEqual([imageOf("ready", 11)])
    expect(await shop.rolloutStatus()).toEqual([expect.stringMatching(rolledOut)])
    expect(run).toMatchObject({ status: 0, code: null })
    const workloads = [{ workload: "deployment/web", note: expect.stringContaining("it has no pods") }]
    expect(run.progress.at(-1)).toMatchObject({ ...deployed, workloads })
  })
})

test("A rollback deletes a Job of the release before that cannot start, so that a schedule goes on.", async () => {
  const namespace = "blocked"
  const report = makeCronJob({ namespace, name: "report", image: oldImage }, "0 0 1 1 *", "Forbid")
  const shop = await Shop.open(stage, { namespace, workloads: [report] })
  for (const play of ["ready", "config-missing"] as const)
    expect(await shop.deploy({ play, n: 12 })).toMatchObject({ status: 0 })
  await shop.kubectl("create", "job", "report-1", "--from=cronjob/report")
  const { metadata } = JSON.parse(await shop.kubectl("get", "job/report-1", "-o", "json"))
  const active = [{ kind: "Job", name: "report-1", namespace, uid: metadata.uid }]
  // As if its time had come: only its controller writes that down.
  const status = ["--subresource=status", "--type=merge", "--patch", JSON.stringify({ status: { active } })]
  await shop.kubectl("patch", "cronjob/report", ...status)
  const waiting = "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}"
  const reason = () => shop.kubectl("get", "pods", "-o", waiting)
  await expect.poll(reason, patience).toBe("CreateContainerConfigError")
  const run = await shop.envseal(["rollback", "production", "--json"])
  expect(run.status, run.stderr).toBe(0)
  expect(run.stdout).toContain('"type":"job-deleted","workload":"cronjob/report","job":"report-1"')
  expect(run.stdout).not.toContain("kubectl delete job")
  expect(await shop.images()).toEqual([imageOf("ready", 12)])
  const left = async () => shop.kubectl("get", "jobs,pods", "-o", "name")
  await expect.poll(left, patience).toBe("")
  const live = async () => JSON.parse(await shop.kubectl("get", "cronjob/report", "-o", "json")).status
  await expect.poll(live, patience).not.toHaveProperty("active")
})

describe("a hook before the rollout", () => {
  const open = (namespace: string) =>
    Shop.open(stage, {
      namespace,
      workloads: [makeDeployment({ namespace, name: "web", image: oldImage, replicas: 2 })],
      migrate: ["php", "artisan", "migrate", "--force"],
    })

  test("runs with the new image, and then the workloads get it", async () => {
    const shop = await open("migrated")
    const run = await shop.deploy({ play: "ready", n: 8 })
    expect(run).toMatchObject({ status: 0, code: null })
    expect(await shop.images()).toEqual([imageOf("ready", 8)])
    const told = run.progress.map(({ type }) => type)
    expect(told.indexOf("hook-ended")).toBeLessThan(told.indexOf("patched"))
    const images = "jsonpath={.items[*].spec.template.spec.containers[*].image}"
    expect(await shop.kubectl("get", "jobs", "-o", images)).toBe(imageOf("ready", 8))
  })

  test("that fails leaves the workloads as they were", async () => {
    const shop = await open("unmigrated")
    const run = await shop.deploy({ play: "crash-loop", n: 9 })
    expect(run).toMatchObject({ status: 8, code: "HOOK_FAILED" })
    expect(run.progress.map(({ type }) => type)).not.toContain("patched")
    expect(run.progress.at(-1)).toMatchObject({ type: "ended", standing: "untouched" })
    expect(await shop.images()).toEqual([oldImage])
    const { metadata } = JSON.parse(await shop.kubectl("get", "deployment/web", "-o", "json"))
    expect(metadata.generation).toBe(1)
  })
})
