import { describe, expect, test } from "vitest"
import { KubernetesCluster } from "../../../src/adapters/kubernetes/cluster.ts"
import { kubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig.ts"
import { runBoundedProgram } from "../../../src/adapters/node/bounded-program.ts"
import type { Observation } from "../../../src/ports/cluster.ts"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"
import { sandbox } from "../../script/harness.ts"

const log = { warn: () => {}, debug: () => {} }
const activity = { begin: () => {}, failed: () => {} }
const limits = { lostAfterMs: 200, lostEveryMs: 200, firstPauseMs: 50, longestPauseMs: 200, stallMs: 600 }
const pace = { podStartMs: 50, secondMs: 10 }

async function observed(fake: FakeKubernetes): Promise<{
  cluster: KubernetesCluster
  /** All that is told until something holds. */
  until: (holds: (one: Observation) => boolean) => Promise<Observation[]>
  /** All that is told until both pods run an image. */
  images: (image: string) => Promise<Observation[]>
}> {
  const path = await fake.kubeconfig(sandbox().folder, "admin", "exec")
  const access = await kubeconfigAccess(null, {
    environment: { KUBECONFIG: path, PATH: process.env["PATH"] },
    log,
    run: runBoundedProgram,
  })
  const cluster = new KubernetesCluster(access, "shop", { log, activity, limits })
  const stop = new AbortController()
  const seen = cluster.observe(["Deployment"], stop.signal)[Symbol.asyncIterator]()
  const until = async (holds: (one: Observation) => boolean) => {
    const all: Observation[] = []
    for (;;) {
      const { value, done } = await seen.next()
      if (done === true) throw new Error("the watch ended")
      all.push(value)
      if (holds(value)) return all
    }
  }
  const images = (image: string) => until((one) => one.type === "view" && runs(one.view.pods, image))
  return { cluster, until, images }
}

function runs(
  pods: readonly { readonly spec: { readonly containers: readonly { readonly image?: string }[] } }[],
  image: string,
): boolean {
  return pods.length === 2 && pods.every(({ spec }) => spec.containers[0]?.image === image)
}

describe("observing a namespace", () => {
  test("shows a rollout to its end, without asking for anything again", async () => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { images } = await observed(fake)
    await images("shop:1")
    await fake.setImage("deployments", "web", "shop:2")
    const views = await images("shop:2")
    const last = views.at(-1)
    expect(last?.type === "view" && last.view.workloads.map(({ kind }) => kind)).toEqual(["Deployment"])
    const lists = (await fake.requests()).filter(({ verb }) => verb === "list")
    expect(lists.map(({ resource }) => resource).sort()).toEqual(["deployments", "pods", "replicasets"])
  })

  test.each(["end", "reset", "stall"] as const)("goes on after watches are dropped by %s", async (how) => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { images } = await observed(fake)
    await images("shop:1")
    await fake.dropWatches(how)
    await fake.setImage("deployments", "web", "shop:2")
    await images("shop:2")
  })

  test.each(["expired", "expired-event"] as const)("lists again after 410 as %s", async (how) => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { images } = await observed(fake)
    await images("shop:1")
    await fake.fail({ verb: "watch", times: 3, with: how })
    await fake.dropWatches("end")
    await fake.setImage("deployments", "web", "shop:2")
    await images("shop:2")
  })

  test("says that the server is lost, and shows all once it is back with a shorter memory", async () => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { until, images } = await observed(fake)
    await images("shop:1")
    await fake.restart(() => until(({ type }) => type === "lost"))
    await fake.setImage("deployments", "web", "shop:2")
    await images("shop:2")
  })

  test("gets a new token when the one it has ends", async () => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { images } = await observed(fake)
    await images("shop:1")
    await fake.expireTokens("admin")
    await fake.dropWatches("end")
    await fake.setImage("deployments", "web", "shop:2")
    await images("shop:2")
  })
})

describe("a change of a workload", () => {
  test("whose answer is lost is not made twice", async () => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { cluster } = await observed(fake)
    await fake.fail({ verb: "patch", times: 1, with: "lost" })
    const steps = [
      { op: "test", path: "/spec/template/spec/containers/0/image", value: "shop:1" },
      { op: "replace", path: "/spec/template/spec/containers/0/image", value: "shop:2" },
    ] as const
    const patched = await cluster.patch({ kind: "Deployment", name: "web" }, steps)
    expect(patched.metadata.generation).toBe(2)
  })

  test("that somebody else has made another way is a conflict", async () => {
    await using fake = await startFakeKubernetes({ pace })
    await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
    const { cluster } = await observed(fake)
    const step = { op: "test", path: "/spec/template/spec/containers/0/image", value: "shop:0" } as const
    await expect(cluster.patch({ kind: "Deployment", name: "web" }, [step])).rejects.toMatchObject({
      code: "PATCH_CONFLICT",
    })
  })
})
