import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "./client.ts"
import { type Reply, Wire } from "./wire.ts"

const deployments = "/apis/apps/v1/namespaces/shop/deployments"
const pods = "/api/v1/namespaces/shop/pods"
const leases = "/apis/coordination.k8s.io/v1/namespaces/shop/leases"

let fake: FakeKubernetes
let admin: Wire
beforeAll(async () => {
  fake = await startFakeKubernetes()
  admin = new Wire(fake, await fake.token("admin"))
  await fake.deploy(deployment("web", { image: "shop:1", replicas: 2 }))
})
afterAll(() => fake.stop())

function metadataOf({ body }: Reply): Record<string, string> {
  return body["metadata"] as Record<string, string>
}

describe("a patch", () => {
  const patch = (body: unknown, contentType = "application/json-patch+json", query = "") =>
    admin.send(`${deployments}/web${query}`, { method: "PATCH", body, contentType })
  const image = { op: "replace", path: "/spec/template/spec/containers/0/image", value: "shop:2" }

  test("that does not apply is refused as the server words it", async () => {
    const reply = await patch([{ op: "test", path: "/metadata/name", value: "api" }, image])
    expect(reply.status).toBe(422)
    expect(reply.body).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: "the server rejected our request due to an error in our request",
      reason: "Invalid",
      details: {},
      code: 422,
    })
  })

  test("of another type is refused", async () => {
    for (const type of ["application/json", "application/apply-patch+yaml", ""]) {
      expect((await patch([image], type)).status).toBe(415)
    }
  })

  test("that changes nothing leaves the object as it is", async () => {
    const before = metadataOf(await admin.send(`${deployments}/web`))
    const same = { ...image, value: "shop:1" }
    expect(metadataOf(await patch([same]))).toEqual(before)
  })

  test("of a resource version that has gone by is a conflict", async () => {
    const reply = await patch({ metadata: { resourceVersion: "1" } }, "application/merge-patch+json")
    expect(reply.body).toMatchObject({ code: 409, reason: "Conflict" })
  })

  test("that would make what cannot be is refused, with each field", async () => {
    const reply = await patch(
      { spec: { template: { spec: { containers: [{ name: "aap" }] } } } },
      "application/strategic-merge-patch+json",
    )
    expect(reply.status).toBe(422)
    expect(reply.body["message"]).toBe(
      'Deployment.apps "web" is invalid: spec.template.spec.containers[0].image: Required value',
    )
  })

  test("that is tried only changes nothing", async () => {
    const tried = await patch([image], "application/json-patch+json", "?dryRun=All&fieldManager=envseal")
    expect(JSON.stringify(tried.body["spec"])).toContain("shop:2")
    expect(JSON.stringify((await admin.send(`${deployments}/web`)).body["spec"])).not.toContain("shop:2")
  })

  test("of the image or of an annotation makes a new generation", async () => {
    const before = metadataOf(await admin.send(`${deployments}/web`))
    const annotated = await patch({ metadata: { annotations: { a: "b" } } }, "application/merge-patch+json")
    const changed = await patch([image])
    const labelled = await patch({ metadata: { labels: { a: "b" } } }, "application/merge-patch+json")
    const generation = Number(before["generation"])
    expect([annotated, changed, labelled].map((reply) => metadataOf(reply)["generation"])).toEqual([
      generation + 1,
      generation + 2,
      generation + 2,
    ])
    await fake.rolledOut("deployments", "web")
  })
})

describe("a lease", () => {
  const lease = (metadata: Readonly<Record<string, unknown>>, holderIdentity: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata,
    spec: { holderIdentity },
  })

  test("is created once, changed by its version, and deleted by its version", async () => {
    const body = lease({ name: "lock" }, "one")
    const created = await admin.send(leases, { method: "POST", body })
    expect(created.status).toBe(201)
    expect((await admin.send(leases, { method: "POST", body })).body["reason"]).toBe("AlreadyExists")

    const metadata = metadataOf(created)
    const changed = await admin.send(`${leases}/lock`, { method: "PUT", body: lease(metadata, "one again") })
    expect(changed.status).toBe(200)
    const late = await admin.send(`${leases}/lock`, { method: "PUT", body: lease(metadata, "two") })
    expect(late.body).toMatchObject({ code: 409, reason: "Conflict" })
    const blind = await admin.send(`${leases}/lock`, { method: "PUT", body: lease({ name: "lock" }, "two") })
    expect(blind.status).toBe(422)

    const drop = (resourceVersion = "") =>
      admin.send(`${leases}/lock`, { method: "DELETE", body: { preconditions: { resourceVersion } } })
    expect((await drop(metadata["resourceVersion"])).status).toBe(409)
    expect((await drop(metadataOf(changed)["resourceVersion"])).body["status"]).toBe("Success")
    expect((await admin.send(`${leases}/lock`)).status).toBe(404)
  })

  test("that is gone comes back by a PUT, unless that says which one it means", async () => {
    const created = metadataOf(
      await admin.send(leases, { method: "POST", body: lease({ name: "gone" }, "one") }),
    )
    await fake.delete("leases", "gone")
    const put = (metadata: Readonly<Record<string, unknown>>) =>
      admin.send(`${leases}/gone`, { method: "PUT", body: lease(metadata, "one") })
    expect((await put(created)).status).toBe(409)
    const { uid: _, ...rest } = created
    expect((await put(rest)).status).toBe(201)
  })
})

describe("deletion", () => {
  test("of a pod is for the one that is meant, which is stopped first", async () => {
    const pod = (await fake.list("pods")).find(({ metadata }) => metadata.deletionTimestamp === undefined)
    const { name = "", uid = "" } = pod?.metadata ?? {}
    const drop = (uid: string) =>
      admin.send(`${pods}/${name}`, { method: "DELETE", body: { preconditions: { uid } } })
    expect((await drop("another")).body).toMatchObject({ code: 409, reason: "Conflict" })
    const reply = await drop(uid)
    expect(metadataOf(reply)["deletionTimestamp"]).toBeDefined()
    await fake.rolledOut("deployments", "web")
  })

  test("of a Job leaves its pod, unless the request says otherwise", async () => {
    const jobs = "/apis/batch/v1/namespaces/shop/jobs"
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "app", image: "shop:1" }] } }
    const spec = { template, backoffLimit: 0 }
    for (const [name, body, left] of [
      ["stay", undefined, 1],
      ["go", { propagationPolicy: "Background" }, 0],
    ] as const) {
      await admin.send(jobs, { method: "POST", body: { metadata: { name }, spec } })
      const isDone = (status?: { readonly succeeded?: number }) => status?.succeeded === 1
      await fake.until("jobs", (all) => all.some((job) => job.metadata.name === name && isDone(job.status)))
      await admin.send(`${jobs}/${name}`, { method: "DELETE", body })
      await fake.until(
        "pods",
        (all) => all.filter(({ metadata }) => metadata.name.startsWith(name)).length === left,
      )
    }
  })
})

describe("creation", () => {
  const post = (body: unknown, path = deployments) => admin.send(path, { method: "POST", body })
  const good = deployment("api", { image: "shop:1" })

  test("fills in what is left out", async () => {
    const { progressDeadlineSeconds: _, ...spec } = good.spec
    const reply = await post({ ...good, spec, metadata: { name: "filled" } })
    expect(reply.status).toBe(201)
    expect(reply.body).toMatchObject({
      metadata: { namespace: "shop", generation: 1 },
      spec: { progressDeadlineSeconds: 600, strategy: { rollingUpdate: { maxSurge: "25%" } } },
    })
  })

  test.each<[title: string, body: unknown, status: number]>([
    ["of another kind", { ...good, kind: "Pod" }, 400],
    ["of another version", { ...good, apiVersion: "apps/v2" }, 400],
    ["for another namespace", { ...good, metadata: { name: "api", namespace: "default" } }, 400],
    ["without a name", { ...good, metadata: {} }, 422],
    ["with a name that is none", { ...good, metadata: { name: "Api" } }, 422],
    ["without a spec", { metadata: { name: "api" } }, 422],
    [
      "with pods that it would not select",
      { ...good, spec: { ...good.spec, selector: { matchLabels: { a: "b" } } } },
      422,
    ],
    ["that is no object", [], 400],
  ])("of an object %s is refused", async (_, body, status) => {
    expect((await post(body)).status).toBe(status)
  })

  test("in a namespace that there is not is refused", async () => {
    const { metadata: _, ...rest } = good
    const reply = await post(
      { ...rest, metadata: { name: "api" } },
      "/apis/apps/v1/namespaces/none/deployments",
    )
    expect(reply.body["message"]).toBe('namespaces "none" not found')
  })
})
