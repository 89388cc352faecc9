import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { KubernetesCluster } from "../../../src/adapters/kubernetes/cluster.ts"
import { imagePatch } from "../../../src/deploy/core/image-patch.ts"
import { failureOf } from "../failure.ts"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "./client.ts"

let fake: FakeKubernetes
let cluster: KubernetesCluster
beforeAll(async () => {
  fake = await startFakeKubernetes({ pace: { podStartMs: 10, secondMs: 5 } })
  const token = await fake.token("admin")
  const access = {
    ...{ name: "fake", server: fake.url, ca: fake.ca, tlsServerName: null, insecure: false, proxy: null },
    credential: async () => ({ token }),
  }
  const log = { warn: () => {}, debug: () => {} }
  cluster = new KubernetesCluster(access, "shop", { log, activity: { begin: () => {}, failed: () => {} } })
})
afterEach(() => fake.setWebhooks())
afterAll(() => fake.stop())

async function give(name: string, image: string, rehearsed = false): Promise<void> {
  const ref = { kind: "Deployment", name } as const
  const found = await cluster.read(ref)
  if (found === null) throw new Error("it is there")
  const steps = imagePatch(found, { app: image }, {})
  if (rehearsed) await cluster.rehearse(ref, steps)
  else await cluster.patch(ref, steps)
}

async function imageOf(name: string): Promise<string | undefined> {
  const found = await fake.read("deployments", name)
  return found?.spec.template.spec.containers[0]?.image
}

describe("an admission webhook", () => {
  test("puts a mirror in the place of a registry, in pods alone", async () => {
    await fake.deploy(deployment("one", { image: "r.io/shop:1" }))
    const mirror = { from: "r.io/", to: "mirror.local/r.io/" }
    await fake.setWebhooks({ name: "mirror", resources: ["pods"], mirror })
    await give("one", "r.io/shop:2")
    await fake.rolledOut("deployments", "one")
    expect(await fake.podImages("one")).toEqual(["mirror.local/r.io/shop:2"])
    expect(await imageOf("one")).toBe("r.io/shop:2")
  })

  test("puts it into workloads, so that a patch is answered with another image", async () => {
    await fake.deploy(deployment("two", { image: "r.io/shop:1" }))
    const mirror = { from: "r.io/", to: "mirror.local/r.io/" }
    await fake.setWebhooks({ name: "mirror", resources: ["deployments"], mirror })
    await give("two", "r.io/shop:2")
    expect(await imageOf("two")).toBe("mirror.local/r.io/shop:2")
  })

  test("adds a container to each pod, once", async () => {
    await fake.setWebhooks({
      name: "mesh",
      resources: ["pods"],
      inject: { name: "proxy", image: "proxy:1" },
    })
    await fake.deploy(deployment("three", { image: "shop:1" }))
    expect(await fake.podImages("three")).toEqual(["proxy:1", "shop:1"])
  })

  test("denies an image of one object, also where it is only tried", async () => {
    await fake.deploy(deployment("four", { image: "shop:1" }), deployment("five", { image: "shop:1" }))
    const deny = { image: ":2", message: "it is not signed" }
    await fake.setWebhooks({ name: "signed", resources: ["deployments"], objects: ["four"], deny })
    for (const rehearsed of [true, false]) {
      const failure = await failureOf(() => give("four", "shop:2", rehearsed))
      expect(failure.code).toBe("PATCH_REFUSED")
      expect(failure.message).toContain('admission webhook "signed" denied the request: it is not signed')
    }
    await give("five", "shop:2", true)
    expect([await imageOf("four"), await imageOf("five")]).toEqual(["shop:1", "shop:1"])
  })

  test("with side effects keeps a change from being tried, and that is no fault", async () => {
    await fake.deploy(deployment("six", { image: "shop:1" }))
    await fake.setWebhooks({ name: "audit", resources: ["deployments"], sideEffects: true })
    await give("six", "shop:2", true)
    expect(await imageOf("six")).toBe("shop:1")
    await give("six", "shop:2")
    expect(await imageOf("six")).toBe("shop:2")
  })
})
