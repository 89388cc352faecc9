import { afterAll, beforeAll, expect, test } from "vitest"
import type { EnvironmentStatus, WorkloadStatus } from "../../src/status/core/status.ts"
import type { StatusDocument } from "../../src/status/view/document.ts"
import type { Run } from "../script/harness.ts"
import { letReady } from "./cluster/held.ts"
import { imageOf } from "./cluster/plays.ts"
import { makeCronJob, makeDaemonSet, makeDeployment, makeStatefulSet } from "./cluster/workloads.ts"
import { oldImage, Shop } from "./deploy/shop.ts"
import { clusterUser, type Stage, startStage } from "./deploy/stage.ts"
import { hangMs } from "./hang.ts"

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage?.[Symbol.asyncDispose]())

interface Asked extends Run {
  readonly environment: EnvironmentStatus
}

async function ask(shop: Shop): Promise<Asked> {
  const run = await shop.envseal(["status", "production", "--json"])
  const document: StatusDocument = JSON.parse(run.stdout)
  const [environment] = document.environments
  if (environment === undefined) throw new Error("status told of no environment")
  return { ...run, environment }
}

function imagesIn(workloads: readonly WorkloadStatus[]): readonly string[] {
  return workloads.map(({ images }) => Object.values(images).join(" "))
}

/** What kubectl reads of a workload's status, and 0 where there is nothing. */
async function number(shop: Shop, workload: string, path: string): Promise<number> {
  return Number(await shop.kubectl("get", workload, "-o", `jsonpath={${path}}`)) || 0
}

test("status agrees with kubectl on every kind of workload after a deploy, and asks for nothing that is denied", async () => {
  const common = { namespace: "every", image: oldImage, replicas: 3 }
  const shop = await Shop.open(stage, {
    namespace: "every",
    workloads: [
      makeDeployment({ ...common, name: "web" }),
      makeStatefulSet({ ...common, name: "queue" }),
      makeDaemonSet({ ...common, name: "agent" }),
      makeCronJob({ ...common, name: "clean" }),
    ],
  })
  expect(await shop.deploy({ play: "ready", n: 1 })).toMatchObject({ status: 0 })
  const before = stage.plane.requests(clusterUser).length
  const { status, stderr, environment } = await ask(shop)
  expect([status, stderr, environment.ok]).toEqual([0, "", true])
  expect(environment.workloads.map(({ workload }) => workload)).toEqual(shop.workloads)
  expect(imagesIn(environment.workloads)).toEqual(await shop.images())
  expect(await shop.rolloutStatus()).toHaveLength(3)
  for (const { workload, rollout, release } of environment.workloads) {
    expect([workload, rollout.state, release?.build]).toEqual([
      workload,
      "done",
      expect.stringMatching(/^shop:/),
    ])
  }
  const ready = environment.workloads.map(({ rollout }) => rollout.counts.ready)
  expect(ready).toEqual([
    await number(shop, "deployment/web", ".status.readyReplicas"),
    await number(shop, "statefulset/queue", ".status.readyReplicas"),
    await number(shop, "daemonset/agent", ".status.numberReady"),
    0,
  ])
  const requests = stage.plane.requests(clusterUser).slice(before)
  expect(requests.filter(({ status: answer }) => answer === 403)).toEqual([])
  expect(requests.filter(({ uri }) => /\/(secrets|configmaps)/.test(uri))).toEqual([])
})

test("status agrees with kubectl while a rollout goes on, and calls out who set its image and that it is mixed", async () => {
  const workloads = ["web", "api"].map((name) =>
    makeDeployment({ namespace: "going", name, image: oldImage, replicas: 4 }),
  )
  const shop = await Shop.open(stage, { namespace: "going", workloads })
  expect(await shop.deploy({ play: "ready", n: 2 })).toMatchObject({ status: 0 })
  await shop.kubectl("set", "image", "deployment/web", `app=${imageOf("held", 3)}`)
  const counts = ["updatedReplicas", "replicas"]
  await expect
    .poll(() => Promise.all(counts.map((one) => number(shop, "deployment/web", `.status.${one}`))), {
      timeout: hangMs,
    })
    .toEqual([2, 5])
  const { status, environment } = await ask(shop)
  const [web, api] = environment.workloads
  expect([status, environment.mixed]).toEqual([3, true])
  expect(web).toMatchObject({ release: null, images: { app: imageOf("held", 3) } })
  expect(web?.rollout).toMatchObject({
    state: "progressing",
    counts: { total: 4, updated: 2, ready: 0, old: 3 },
  })
  expect(api).toMatchObject({ release: { by: expect.any(String) }, rollout: { state: "done" } })
  const [ofWeb, ofApi] = await shop.rolloutStatus()
  expect(ofWeb).toContain("Waiting for deployment")
  expect(ofApi).toContain("successfully rolled out")
  const usher = new AbortController()
  void letReady(stage.plane, { namespace: "going", app: "web" }, 0, usher.signal)
  await shop.kubectl("rollout", "status", "deployment/web", `--timeout=${hangMs}ms`)
  usher.abort()
  expect((await ask(shop)).environment.workloads[0]?.rollout.state).toBe("done")
})

test("status tells the pods that crash, with the exit status that kubectl has", async () => {
  const web = makeDeployment({ namespace: "crash", name: "web", image: oldImage, replicas: 2 })
  const shop = await Shop.open(stage, { namespace: "crash", workloads: [web] })
  expect(await shop.deploy({ play: "crash-loop", n: 4 }, ["--no-rollback"])).toMatchObject({ status: 8 })
  const { status, environment } = await ask(shop)
  const [workload] = environment.workloads
  expect(status).toBe(3)
  expect(workload?.rollout).toMatchObject({ state: "failed" })
  const [trouble] = workload?.rollout.troubles ?? []
  // By now its container may run again, or wait.
  const ended = "jsonpath={.status.containerStatuses[0]..exitCode}"
  const exits = await shop.kubectl("get", "pod", trouble?.pod ?? "", "-o", ended)
  expect(exits.split(" ")).toContain(String(trouble?.exitCode))
})
