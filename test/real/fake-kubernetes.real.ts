import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import {
  cronJob,
  daemonSet,
  deployment,
  type FakeKubernetes,
  startFakeKubernetesApart,
  statefulSet,
} from "../fake/kubernetes/client.ts"
import type { Manifest } from "../fake/kubernetes/manifest.ts"
import { adminRules } from "../fake/kubernetes/rbac.ts"
import { type Message, type Reply, Wire } from "../fake/kubernetes/wire.ts"
import { type ControlPlane, startControlPlane } from "./cluster/control-plane.ts"
import { runKubectl } from "./cluster/kubectl.ts"
import { imageOf } from "./cluster/plays.ts"
import { hangMs } from "./hang.ts"

const deployments = "/apis/apps/v1/namespaces/shop/deployments"
const statefulSets = "/apis/apps/v1/namespaces/shop/statefulsets"
const leases = "/apis/coordination.k8s.io/v1/namespaces/shop/leases"
const jobs = "/apis/batch/v1/namespaces/shop/jobs"
const reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
const strategic = "application/strategic-merge-patch+json"

const good = imageOf("ready")
const bad = imageOf("never-ready")
const patience = { timeout: hangMs, interval: 100 }

/** The real API server or the fake one. */
interface Side {
  readonly admin: Wire
  readonly stranger: Wire
}

let folder: string
let plane: ControlPlane
let fake: FakeKubernetes
let sides: readonly [real: Side, fake: Side]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envseal-fake-"))
  plane = await startControlPlane({
    folder: join(folder, "plane"),
    nodes: 3,
    users: { boss: ["system:masters"], stranger: [] },
  })
  await plane.namespace("shop")
  fake = await startFakeKubernetesApart({
    users: { boss: { groups: ["system:masters"], rules: adminRules }, stranger: { rules: [] } },
    plays: { [bad]: { do: "never-ready" } },
    pace: { secondMs: 100 },
  })
  const real = { url: plane.server, ca: await readFile(plane.ca, "utf8") }
  sides = [
    { admin: new Wire(real, plane.token("boss")), stranger: new Wire(real, plane.token("stranger")) },
    {
      admin: new Wire(fake, await fake.token("boss")),
      stranger: new Wire(fake, await fake.token("stranger")),
    },
  ]
})
afterAll(async () => {
  await fake?.stop()
  await plane?.stop()
  await rm(folder, { recursive: true, force: true })
})

type Object = Readonly<Record<string, unknown>>

/** Asks both. @returns their answers, first the real one's. */
function ask(who: keyof Side, path: string, message: Message = {}): Promise<[Reply, Reply]> {
  const [real, fake] = sides
  return Promise.all([real[who].send(path, message), fake[who].send(path, message)])
}

/** What of an object has to be the same on both: not names of their own, nor times. */
function essence({ spec, status, metadata, kind, apiVersion }: Object): unknown {
  const { labels, annotations, generation } = metadata as Object
  const text = JSON.stringify({ kind, apiVersion, spec, status, labels, annotations, generation })
  return JSON.parse(
    text
      .replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"TIME"')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
      .replace(/\b(web|db|agent)-[a-z0-9]{8,10}\b/g, "$1-HASH"),
  )
}

/** The same list whatever its order. */
function sorted(status: Object): Object {
  const conditions = status["conditions"] as readonly { readonly type: string }[] | undefined
  return { ...status, conditions: conditions?.toSorted((one, other) => (one.type < other.type ? -1 : 1)) }
}

async function createOnBoth(path: string, manifest: Manifest | Object): Promise<[Reply, Reply]> {
  return ask("admin", path, { method: "POST", body: manifest })
}

function patch(body: unknown, contentType = "application/json-patch+json"): Message {
  return { method: "PATCH", body, contentType }
}

const image = (value: unknown) => ({ op: "replace", path: "/spec/template/spec/containers/0/image", value })

describe("a new object has the same defaults", () => {
  test.each<[path: string, manifest: Manifest | Object]>([
    [deployments, deployment("web", { image: good, replicas: 1, init: { open: good } })],
    [statefulSets, statefulSet("db", { image: good, replicas: 2 })],
    ["/apis/apps/v1/namespaces/shop/daemonsets", daemonSet("agent", { image: good })],
    ["/apis/batch/v1/namespaces/shop/cronjobs", cronJob("clean", { image: good })],
    [leases, { metadata: { name: "lock" }, spec: { holderIdentity: "one", leaseDurationSeconds: 15 } }],
    [
      jobs,
      {
        metadata: { name: "migrate" },
        spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "app", image: good }] } } },
      },
    ],
  ])("%s", async (path, manifest) => {
    const [real, copy] = await createOnBoth(path, manifest)
    expect(copy.status).toBe(real.status)
    expect(essence(copy.body)).toEqual(essence(real.body))
  })
})

describe("a workload that is done has the same status", () => {
  test.each([
    ["deployments", "web", "availableReplicas", 1],
    ["statefulsets", "db", "availableReplicas", 2],
    ["daemonsets", "agent", "numberAvailable", 3],
  ] as const)("%s", async (resource, name, member, count) => {
    await expect
      .poll(async () => {
        const replies = await ask("admin", `/apis/apps/v1/namespaces/shop/${resource}/${name}`)
        return replies.map(({ body }) => (body["status"] as Object)[member])
      }, patience)
      .toEqual([count, count])
    const [real, copy] = await ask("admin", `/apis/apps/v1/namespaces/shop/${resource}/${name}`)
    const status = ({ body }: Reply) => sorted((essence(body) as { readonly status: Object }).status)
    expect(status(copy)).toEqual(status(real))
  })

  test("in a list no object says its kind", async () => {
    const replies = await ask("admin", deployments)
    const kinds = replies.map(({ body }) => [
      body["kind"],
      (body["items"] as readonly Object[]).map(({ kind }) => kind),
    ])
    expect(kinds).toEqual([
      ["DeploymentList", [undefined]],
      ["DeploymentList", [undefined]],
    ])
  })
})

describe("a refusal has the same words", () => {
  const web = `${deployments}/web`
  const lock = `${leases}/lock`
  const uid = "11111111-1111-1111-1111-111111111111"
  const template = { spec: { containers: [{ name: "app", image: good }] } }

  test.each<[title: string, who: keyof Side, path: string, message?: Message]>([
    ["no credentials", "admin", deployments, { token: "" }],
    ["no credentials, for discovery", "admin", "/apis", { token: "" }],
    ["a wrong token", "admin", deployments, { token: "x" }],
    ["no right to list", "stranger", deployments],
    ["no right to get", "stranger", web],
    ["no right to patch", "stranger", web, patch([])],
    ["no right to watch", "stranger", `${deployments}?watch=true&fieldSelector=metadata.name%3Dweb`],
    ["no right to a log", "stranger", "/api/v1/namespaces/shop/pods/x/log"],
    ["no right to a namespace", "stranger", "/api/v1/namespaces/shop"],
    ["no right to all namespaces", "stranger", "/apis/apps/v1/deployments"],
    ["no such object", "admin", `${deployments}/none`],
    ["no such resource", "admin", "/apis/apps/v1/namespaces/shop/deploys"],
    ["no such version", "admin", "/apis/apps/v2/namespaces/shop/deployments"],
    ["no such path", "admin", "/nothing"],
    ["a limit that is no number", "admin", `${deployments}?limit=ten`],
    ["a method that is not for one object", "admin", web, { method: "POST", body: {} }],
    [
      "a name that is taken",
      "admin",
      deployments,
      { method: "POST", body: deployment("web", { image: good }) },
    ],
    [
      "no name",
      "admin",
      deployments,
      { method: "POST", body: { ...deployment("x", { image: good }), metadata: {} } },
    ],
    ["no spec", "admin", deployments, { method: "POST", body: { metadata: { name: "x" } } }],
    [
      "a name with capitals",
      "admin",
      deployments,
      { method: "POST", body: { ...deployment("x", { image: good }), metadata: { name: "Api" } } },
    ],
    [
      "no such namespace",
      "admin",
      deployments.replace("shop", "none"),
      { method: "POST", body: deployment("x", { image: good, namespace: "none" }) },
    ],
    [
      "a Job that would start again",
      "admin",
      jobs,
      { method: "POST", body: { metadata: { name: "x" }, spec: { template } } },
    ],
    [
      "a test that does not hold",
      "admin",
      web,
      patch([{ op: "test", path: "/metadata/name", value: "api" }]),
    ],
    [
      "an addition below nothing",
      "admin",
      web,
      patch([{ op: "add", path: "/metadata/labels/a", value: "b" }]),
    ],
    [
      "a replacement of what is not there",
      "admin",
      web,
      patch([{ op: "replace", path: "/spec/template/spec/containers/7/image", value: good }]),
    ],
    [
      "a test for null of what is there",
      "admin",
      web,
      patch([{ op: "test", path: "/metadata/annotations", value: null }]),
    ],
    ["an unknown operation", "admin", web, patch([{ op: "increase", path: "/metadata/name", value: 1 }])],
    ["a patch that is no list", "admin", web, patch({})],
    ["a patch of another type", "admin", web, patch([], "application/json")],
    ["a patch of nothing", "admin", `${deployments}/none`, patch([])],
    ["a patch of an old version", "admin", web, patch({ metadata: { resourceVersion: "1" } }, strategic)],
    ["no image", "admin", web, patch([image("")])],
    [
      "a misspelt container",
      "admin",
      web,
      patch({ spec: { template: { spec: { containers: [{ name: "aap" }] } } } }, strategic),
    ],
    [
      "another selector",
      "admin",
      web,
      patch([{ op: "replace", path: "/spec/selector/matchLabels", value: { a: "b" } }]),
    ],
    [
      "a lease that is taken",
      "admin",
      leases,
      { method: "POST", body: { metadata: { name: "lock" }, spec: {} } },
    ],
    [
      "a lease of no time",
      "admin",
      leases,
      { method: "POST", body: { metadata: { name: "x" }, spec: { leaseDurationSeconds: 0 } } },
    ],
    [
      "a lease without a version",
      "admin",
      lock,
      { method: "PUT", body: { metadata: { name: "lock" }, spec: {} } },
    ],
    [
      "an old version of a lease",
      "admin",
      lock,
      { method: "PUT", body: { metadata: { name: "lock", resourceVersion: "1" }, spec: {} } },
    ],
    [
      "an object of another uid",
      "admin",
      `${leases}/gone`,
      { method: "PUT", body: { metadata: { name: "gone", uid }, spec: {} } },
    ],
    ["a review of nothing", "admin", reviews, { method: "POST", body: { spec: {} } }],
  ])("%s", async (_, who, path, message) => {
    const [real, copy] = await ask(who, path, message)
    expect(real.status).toBeGreaterThanOrEqual(400)
    expect(copy.status).toBe(real.status)
    expect(copy.body).toEqual(real.body)
  })
})

describe("going back", () => {
  const readBoth = async (path: string) =>
    (await ask("admin", path)).map(({ body }) => body["status"] as Object)
  const progress = (status: Object) =>
    (status["conditions"] as readonly { readonly type: string; readonly reason: string }[]).find(
      ({ type }) => type === "Progressing",
    )?.reason

  /** What became of the object in an answer since then. */
  const historySince = async (wire: Wire, reply: Reply): Promise<readonly Object[]> => {
    const { name, resourceVersion } = reply.body["metadata"] as Object
    const query = `watch=true&timeoutSeconds=2&fieldSelector=metadata.name%3D${name}&resourceVersion=${resourceVersion}`
    return (await wire.watch(`${deployments}?${query}`, 1000)).map(({ object }) => object)
  }

  test("to a ReplicaSet that is there keeps a stale ProgressDeadlineExceeded for a while", async () => {
    const shape = { image: good, replicas: 1, spec: { progressDeadlineSeconds: 2 } }
    await createOnBoth(deployments, deployment("stale", shape))
    const path = `${deployments}/stale`
    const until = (reason: string) =>
      expect.poll(async () => (await readBoth(path)).map(progress), patience).toEqual([reason, reason])
    await until("NewReplicaSetAvailable")
    await ask("admin", path, patch([image(bad)]))
    await until("ProgressDeadlineExceeded")
    const back = await ask("admin", path, patch([image(good)]))
    await until("NewReplicaSetAvailable")
    const [real, copy] = sides
    const histories = await Promise.all([
      historySince(real.admin, back[0]),
      historySince(copy.admin, back[1]),
    ])
    for (const history of histories) {
      const stale = history.filter(
        ({ metadata, status }) =>
          (status as Object)["observedGeneration"] === (metadata as Object)["generation"] &&
          progress(status as Object) === "ProgressDeadlineExceeded",
      )
      expect(stale).not.toEqual([])
    }
  })

  test("leaves a broken pod of a StatefulSet until it is deleted", async () => {
    const path = `${statefulSets}/db`
    const ready = async (count: number) =>
      expect
        .poll(async () => (await readBoth(path)).map(({ readyReplicas = 0 }) => readyReplicas), patience)
        .toEqual([count, count])
    await ready(2)
    await ask("admin", path, patch([image(bad)]))
    await ready(1)
    await ask("admin", path, patch([image(good)]))
    await sleep(3000)
    await ready(1)
    await ask("admin", "/api/v1/namespaces/shop/pods/db-1", { method: "DELETE" })
    await ready(2)
    const [real, copy] = await readBoth(path)
    expect(Object.keys(copy ?? {}).toSorted()).toEqual(Object.keys(real ?? {}).toSorted())
  })
})

describe("kubectl", () => {
  const kubectl = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await runKubectl(join(folder, "kubeconfig"), args)
    return { status, stdout, stderr }
  }
  beforeAll(() => fake.kubeconfig(folder, "boss", "exec"))

  test("sees what is there", async () => {
    expect((await kubectl("get", "deploy,pods", "-l", "app=web", "-o", "name")).stdout).toMatch(/^pod\/web-/m)
  })

  test("sets an image, and follows the rollout to its end", async () => {
    const shape = { image: good, replicas: 4 }
    await fake.deploy(deployment("api", shape))
    const set = await kubectl("set", "image", "deployment/api", `app=${imageOf("ready", 1)}`)
    expect(set).toMatchObject({ status: 0, stdout: "deployment.apps/api image updated\n" })
    const followed = await kubectl("rollout", "status", "deployment/api", `--timeout=${hangMs}ms`)
    expect(followed.stdout).toContain('deployment "api" successfully rolled out')
    expect(await fake.podImages("api")).toEqual(Array(4).fill(imageOf("ready", 1)))
    expect((await kubectl("rollout", "undo", "deployment/api")).status).toBe(0)
    await fake.rolledOut("deployments", "api")
    expect(await fake.podImages("api")).toEqual(Array(4).fill(good))
  })

  test("follows a rollout that does not get on to its failure", async () => {
    await fake.deploy(deployment("doomed", { image: good, spec: { progressDeadlineSeconds: 5 } }))
    await kubectl("set", "image", "deployment/doomed", `app=${bad}`)
    const followed = await kubectl("rollout", "status", "deployment/doomed", `--timeout=${hangMs}ms`)
    expect(followed.status).toBe(1)
    expect(followed.stderr).toContain('deployment "doomed" exceeded its progress deadline')
  })
})
