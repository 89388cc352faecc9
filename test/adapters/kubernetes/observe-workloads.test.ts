import { expect, test } from "vitest"
import { KubernetesCluster } from "../../../src/adapters/kubernetes/cluster.ts"
import type { Workload } from "../../../src/core/kubernetes.ts"
import type { Observation } from "../../../src/ports/cluster.ts"
import { failureOf } from "../../fake/failure.ts"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"

const log = { warn: () => {}, debug: () => {} }
const activity = { begin: () => {}, failed: () => {} }

async function clusterFor(fake: FakeKubernetes, user: string): Promise<KubernetesCluster> {
  const token = await fake.token(user)
  const { url: server, ca } = fake
  const credential = async () => ({ token })
  const access = { name: "fake", server, ca, tlsServerName: null, insecure: false, proxy: null, credential }
  return new KubernetesCluster(access, "", { log, activity })
}

/** The places of the workloads once there are so many. @throws Error when the watch ends before. */
async function placesOf(seen: AsyncIterable<Observation<readonly Workload[]>>, wanted: number) {
  for await (const observation of seen) {
    if (observation.type !== "view" || observation.view.length < wanted) continue
    return observation.view.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).sort()
  }
  throw new Error("the watch ended")
}

test("a watch of one kind is of all namespaces or of one, and lists nothing else", async () => {
  await using fake = await startFakeKubernetes({ namespaces: ["shop", "books"] })
  for (const namespace of ["shop", "books"])
    await fake.create(deployment("web", { image: "shop:1", namespace }))
  const cluster = await clusterFor(fake, "admin")
  await fake.clearRequests()
  const stop = new AbortController()
  const all = cluster.observeWorkloads("Deployment", null, stop.signal)
  const later = placesOf(all, 3)
  expect(await placesOf(cluster.observeWorkloads("Deployment", "books", stop.signal), 1)).toEqual([
    "books/web",
  ])
  await fake.create(deployment("old", { image: "shop:1", namespace: "shop" }))
  expect(await later).toEqual(["books/web", "shop/old", "shop/web"])
  const lists = (await fake.requests()).filter(({ verb }) => verb === "list")
  expect(lists.map(({ resource, namespace }) => `${resource} ${namespace}`).sort()).toEqual([
    "deployments ",
    "deployments books",
  ])
})

test("a watch of one kind that may not be ends with ACCESS_DENIED", async () => {
  const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] }]
  await using fake = await startFakeKubernetes({ users: { reader: { rules }, admin: { rules: [] } } })
  const seen = (await clusterFor(fake, "reader")).observeWorkloads(
    "Deployment",
    null,
    new AbortController().signal,
  )
  expect((await failureOf(() => placesOf(seen, 1))).message).toMatch(/watch/)
})
