import { createServer } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { KubernetesCluster } from "../../../src/adapters/kubernetes/cluster.ts"
import type { RequestLimits } from "../../../src/adapters/kubernetes/limits.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import { type NewJob, podTemplateOf } from "../../../src/core/kubernetes.ts"
import { imagePatch } from "../../../src/deploy/core/image-patch.ts"
import type { ClusterCredential, Fence, Right } from "../../../src/ports/cluster.ts"
import { failureOf } from "../../fake/failure.ts"
import {
  cronJob,
  deployment,
  type FakeKubernetes,
  startFakeKubernetes,
} from "../../fake/kubernetes/client.ts"

const warnings: string[] = []
const log = { warn: (text: string) => warnings.push(text), debug: () => {} }
const activity = { begin: () => {}, failed: () => {} }
/** No time decides: a request is given up, or not tried again, only by a test that shortens a limit. */
const patient = { connectMs: 60_000, answerMs: 60_000, retryMs: 600_000 }
const limits = { ...patient, firstPauseMs: 10, longestPauseMs: 50 }
const imagePath = "/spec/template/spec/containers/0/image"
const web = { kind: "Deployment", name: "web" } as const

let fake: FakeKubernetes
let cluster: KubernetesCluster

beforeAll(async () => {
  const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }]
  const crash = { do: "crash-loop", log: ["first", "last"], runMs: 20 } as const
  fake = await startFakeKubernetes({
    users: { admin: { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }, reader: { rules } },
    plays: { "shop:crash": crash },
    pace: { podStartMs: 10, secondMs: 5 },
  })
  await fake.deploy(deployment("web", { image: "shop:1" }), cronJob("clean", { image: "shop:1" }))
  cluster = await clusterOf("admin")
})
afterEach(async () => {
  await fake.clearFailures()
  await fake.clearRequests()
  warnings.length = 0
})
afterAll(() => fake.stop())

/** As a user whose token is fetched again whenever it was refused. */
async function clusterOf(
  user: string,
  give?: (count: number) => Promise<ClusterCredential>,
  shorter: Partial<RequestLimits> = {},
): Promise<KubernetesCluster> {
  const token = await fake.token(user)
  let count = 0
  const credential = async (refused?: ClusterCredential) => {
    if (refused !== undefined) count += 1
    return give === undefined ? { token } : give(count)
  }
  const { url: server, ca } = fake
  const access = { name: "fake", server, ca, tlsServerName: null, insecure: false, proxy: null, credential }
  return new KubernetesCluster(access, "shop", { log, activity, limits: { ...limits, ...shorter } })
}

const sent = async () => (await fake.requests()).map(({ verb, resource }) => `${verb} ${resource}`)

describe("a workload", () => {
  test("is read with its kind, and with who manages it", async () => {
    const managed = deployment("managed", { image: "shop:1" })
    const managedFields = [{ manager: "helm", fieldsV1: { "f:spec": {} } }]
    // Rolled out, so that no controller changes it between the read and the patch.
    await fake.deploy({ ...managed, metadata: { ...managed.metadata, managedFields } })
    const ref = { kind: "Deployment", name: "managed" } as const
    const found = await cluster.read(ref)
    expect(found?.kind).toBe("Deployment")
    expect(found?.metadata.managedFields).toEqual(managedFields)
    if (found === null) throw new Error("it is there")
    const patched = await cluster.patch(ref, imagePatch(found, { app: "shop:2" }, {}))
    expect(patched.metadata).not.toHaveProperty("managedFields")
    const job = await cluster.read({ kind: "CronJob", name: "clean" })
    expect(job && podTemplateOf(job).spec.containers[0]?.image).toBe("shop:1")
  })

  test("that is not there is null", async () => {
    expect(await cluster.read({ kind: "StatefulSet", name: "web" })).toBeNull()
  })

  test("is patched as the field manager envseal", async () => {
    await fake.create(deployment("patched", { image: "shop:1" }))
    const steps = [{ op: "replace", path: imagePath, value: "shop:2" }] as const
    const patched = await cluster.patch({ kind: "Deployment", name: "patched" }, steps)
    expect(podTemplateOf(patched).spec.containers[0]?.image).toBe("shop:2")
    expect(await fake.requests()).toMatchObject([{ verb: "patch", query: { fieldManager: "envseal" } }])
  })

  test.each([
    ["lost", 2, ["patch deployments", "get deployments"]],
    ["reset", 2, ["patch deployments", "get deployments", "patch deployments"]],
    ["unavailable", 2, ["patch deployments", "get deployments", "patch deployments"]],
  ] as const)("is patched once when the answer is %s", async (failure, generation, requests) => {
    const name = `once-${failure}`
    await fake.create(deployment(name, { image: "shop:1" }))
    await fake.fail({ verb: "patch", times: 1, with: failure })
    const steps = [
      { op: "test", path: imagePath, value: "shop:1" },
      { op: "replace", path: imagePath, value: "shop:2" },
    ] as const
    const patched = await cluster.patch({ kind: "Deployment", name }, steps)
    expect(patched.metadata.generation).toBe(generation)
    expect(await sent()).toEqual(requests)
    expect(warnings).toHaveLength(1)
  })

  test("is only tried, and stays as it is", async () => {
    await fake.deploy(deployment("tried", { image: "shop:1" }))
    const ref = { kind: "Deployment", name: "tried" } as const
    const found = await cluster.read(ref)
    if (found === null) throw new Error("it is there")
    await fake.clearRequests()
    await cluster.rehearse(ref, imagePatch(found, { app: "shop:2" }, { note: "n" }))
    expect(await fake.requests()).toMatchObject([
      { verb: "patch", query: { fieldManager: "envseal", dryRun: "All" }, status: 200 },
    ])
    expect(await cluster.read(ref)).toEqual(found)
  })

  test("is refused when it is tried, by what would refuse the change", async () => {
    await fake.deploy(deployment("guarded", { image: "shop:1" }))
    const ref = { kind: "Deployment", name: "guarded" } as const
    const found = await cluster.read(ref)
    if (found === null) throw new Error("it is there")
    const steps = imagePatch(found, { app: "shop:2" }, { note: "n".repeat(262_144) })
    const error = await failureOf(() => cluster.rehearse(ref, steps))
    expect(error.code).toBe("PATCH_REFUSED")
    expect(error.message).toContain("metadata.annotations: Too long: may not be more than 262144 bytes")
  })

  test("that has been changed meanwhile is not patched", async () => {
    const steps = [
      { op: "test", path: imagePath, value: "shop:0" },
      { op: "replace", path: imagePath, value: "shop:2" },
    ] as const
    const error = await failureOf(() => cluster.patch(web, steps))
    expect(error.code).toBe("PATCH_CONFLICT")
    expect(error.message).toContain("deployment/web is no longer as it was read")
    expect(await sent()).toEqual(["patch deployments"])
  })

  test("that would not be valid is not patched, for the reason that the server gives", async () => {
    const steps = [{ op: "replace", path: "/spec/template/spec/containers", value: [] }] as const
    const error = await failureOf(() => cluster.patch(web, steps))
    expect(error.code).toBe("PATCH_REFUSED")
    expect(error.message).toMatch(/the change of deployment\/web: .*spec\.containers: Required value/)
  })

  test("that is not there cannot be patched", async () => {
    const steps = [{ op: "replace", path: imagePath, value: "shop:2" }] as const
    const error = await failureOf(() => cluster.patch({ kind: "Deployment", name: "none" }, steps))
    expect(error.code).toBe("PATCH_REFUSED")
    expect(error.message).toContain("not found")
  })
})

describe("a change that is kept back", () => {
  const steps = [{ op: "replace", path: imagePath, value: "shop:2" }] as const
  const job = { metadata: { name: "migrate", labels: {} }, spec: {} } as unknown as NewJob
  const changes: readonly (readonly [string, (fence: Fence) => Promise<unknown>])[] = [
    ["patch", (fence) => cluster.patch(web, steps, fence)],
    ["create", (fence) => cluster.createJob(job, fence)],
    ["delete", (fence) => cluster.deletePod("none", "uid", fence)],
    ["delete", (fence) => cluster.deleteJob("none", "uid", fence)],
  ]

  test.each(changes)("is not sent, and is not tried again: %s", async (verb, change) => {
    const kept = new EnvsealError("REMOTE_FAILED", "kept back")
    const fence = () => {
      throw kept
    }
    expect(await failureOf(() => change(fence))).toBe(kept)
    expect((await fake.requests()).filter((one) => one.verb === verb)).toEqual([])
  })

  test.each(changes)("is asked for before each attempt: %s", async (verb, change) => {
    await fake.fail({ verb, times: 2, with: "unavailable" })
    let asked = 0
    const fence = () => {
      asked++
      if (asked === 3) throw new EnvsealError("REMOTE_FAILED", "kept back")
    }
    expect((await failureOf(() => change(fence))).message).toBe("kept back")
    expect((await fake.requests()).filter((one) => one.verb === verb)).toHaveLength(2)
  })
})

describe("who the user is and what they may do", () => {
  const rights: readonly Right[] = [
    { verb: "get", group: "apps", resource: "deployments", name: "web" },
    { verb: "patch", group: "apps", resource: "deployments", name: "web" },
    { verb: "get", group: "", resource: "pods/log", name: null },
  ]

  test("is asked of the server", async () => {
    expect(await cluster.whoAmI()).toBe("admin")
    expect(await cluster.missingRights(rights)).toEqual([])
    const reader = await clusterOf("reader")
    expect(await reader.missingRights(rights)).toEqual(rights.slice(1))
  })

  test("is told with the rule that is missing", async () => {
    const reader = await clusterOf("reader")
    const step = { op: "replace", path: imagePath, value: "x" } as const
    const error = await failureOf(() => reader.patch(web, [step]))
    expect(error.code).toBe("ACCESS_DENIED")
    expect(error.message).toContain('User "reader" cannot patch resource "deployments"')
    expect(error.hint).toBe(
      'the Role needs the rule {"apiGroups":["apps"],"resources":["deployments"],"resourceNames":["web"],"verbs":["patch"]}',
    )
    expect(await sent()).toEqual(["patch deployments"])
  })
})

test("a server that cannot be reached is warned of once, however many requests go out, and again after it was", async () => {
  await fake.fail({ verb: "get", times: 4, with: "unavailable" })
  const reading = Array.from({ length: 20 }, () => cluster.read(web))
  expect((await Promise.all(reading)).every((found) => found !== null)).toBe(true)
  expect(warnings).toHaveLength(1)
  await fake.fail({ verb: "get", times: 1, with: "unavailable" })
  await cluster.read(web)
  expect(warnings).toHaveLength(2)
  const access = { name: "gone", server: "https://127.0.0.1:1", ca: null, tlsServerName: null }
  const rest = { insecure: false, proxy: null, credential: async () => ({ token: "t" }) }
  const settings = { log, activity, limits: { ...limits, retryMs: 300 } }
  const gone = new KubernetesCluster({ ...access, ...rest }, "shop", settings)
  const asking = Array.from({ length: 22 }, () => failureOf(() => gone.read(web)))
  expect(new Set((await Promise.all(asking)).map(({ code }) => code))).toEqual(new Set(["REMOTE_FAILED"]))
  expect(warnings).toHaveLength(3)
})

describe("a credential", () => {
  test("that is refused is fetched again once", async () => {
    const good = await fake.token("admin")
    const again = await clusterOf("admin", async (count) => ({ token: count === 0 ? "hunter2" : good }))
    expect(await again.whoAmI()).toBe("admin")
    expect(await sent()).toHaveLength(2)
  })

  test.each([
    ["the same", async () => ({ token: "hunter2" }), 1],
    ["another that is refused too", async (count: number) => ({ token: `hunter2-${count}` }), 2],
  ])("that is refused, with %s after it, ends the request without being told", async (_, give, requests) => {
    const error = await failureOf(async () => (await clusterOf("admin", give)).whoAmI())
    expect(error.code).toBe("CREDENTIALS_REFUSED")
    expect(`${error.message} ${error.hint}`).not.toContain("hunter2")
    expect(await sent()).toHaveLength(requests)
  })
})

describe("a request", () => {
  test.each(["error", "unavailable", "throttle", "reset"] as const)(
    "is repeated after %s",
    async (failure) => {
      await fake.fail({ times: 2, with: failure })
      expect(await cluster.read(web)).not.toBeNull()
      expect(await sent()).toHaveLength(3)
      expect(warnings).toHaveLength(1)
    },
  )

  test("that is not answered in time is repeated", async () => {
    const hurried = await clusterOf("admin", undefined, { answerMs: 500 })
    await fake.fail({ times: 1, with: "hang" })
    expect(await hurried.read(web)).not.toBeNull()
    expect(warnings).toEqual([expect.stringContaining("no answer in time; trying again")])
  })

  test("that fails for ever ends with the last reason", async () => {
    const hurried = await clusterOf("admin", undefined, { retryMs: 500 })
    await fake.fail({ with: "unavailable" })
    const error = await failureOf(() => hurried.read(web))
    expect(error.code).toBe("REMOTE_FAILED")
    expect(error.message).toMatch(/did not do get of deployments\/web: apiserver not ready$/)
  })

  test("that something else answers is not repeated", async () => {
    await fake.fail({ with: "garbage" })
    const error = await failureOf(() => cluster.read(web))
    expect(error.code).toBe("REMOTE_FAILED")
    expect(error.message).toMatch(/its answer cannot be read$/)
    expect(await sent()).toHaveLength(1)
  })
})

describe("pods", () => {
  test("are found by their labels, and page by page", async () => {
    const found = await cluster.pods("app=web")
    expect(found.map(({ metadata }) => metadata.labels?.["app"])).toEqual(["web"])
    expect(await fake.requests()).toMatchObject([{ query: { labelSelector: "app=web", limit: "500" } }])
  })

  test("are deleted only when they are the ones that are meant", async () => {
    const [pod] = await cluster.pods("app=web")
    const { name = "", uid = "" } = pod?.metadata ?? {}
    await cluster.deletePod(name, "another")
    expect(await fake.read("pods", name)).toMatchObject({ metadata: { uid } })
    await cluster.deletePod(name, uid)
    await cluster.deletePod("none", uid)
    const left = await fake.read("pods", name)
    expect(left === null || left.metadata.deletionTimestamp !== undefined).toBe(true)
  })

  test("that crash show their log of the run before, and what was reported of them", async () => {
    await fake.create(deployment("crashing", { image: "shop:crash" }))
    await fake.until("pods", (pods) =>
      pods.some(({ metadata, status }) => {
        const [container] = status?.containerStatuses ?? []
        return (
          metadata.labels?.["app"] === "crashing" && container?.state?.waiting?.reason === "CrashLoopBackOff"
        )
      }),
    )
    const [pod] = await cluster.pods("app=crashing")
    const { name = "", uid = "" } = pod?.metadata ?? {}
    const request = { pod: name, container: "app", previous: true }
    // Between two runs there can be no run before.
    await expect.poll(() => cluster.log({ ...request, lines: 10 })).toEqual(["first", "last"])
    await expect.poll(() => cluster.log({ ...request, lines: 1 })).toEqual(["last"])
    const events = await cluster.events(uid)
    expect(events.map(({ reason }) => reason)).toContain("BackOff")
    const times = events.map(({ lastTimestamp }) => Date.parse(lastTimestamp ?? ""))
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  })

  test("that are not there have neither log nor events", async () => {
    expect(await cluster.log({ pod: "none", container: "app", previous: false, lines: 5 })).toEqual([])
    expect(await cluster.events("no-such-uid")).toEqual([])
  })
})

describe("a Job", () => {
  const spec = (image: string) => ({
    backoffLimit: 0,
    // The clock of the fake is fast.
    activeDeadlineSeconds: 86_400,
    ttlSecondsAfterFinished: 86_400,
    template: { spec: { containers: [{ name: "app", image }], restartPolicy: "Never" } },
  })
  const jobOf = (name: string, annotations = {}) => ({
    metadata: { name, labels: { app: "hook" }, annotations },
    spec: spec("shop:1"),
  })

  test("is created once, and read", async () => {
    expect((await cluster.createJob(jobOf("migrate")))?.metadata.name).toBe("migrate")
    expect(await cluster.createJob(jobOf("migrate"))).toBeNull()
    expect((await cluster.readJob("migrate"))?.metadata.labels).toMatchObject({ app: "hook" })
    expect(await cluster.readJob("none")).toBeNull()
  })

  test("is deleted with its pods, and only when it is the one that is meant", async () => {
    const { uid = "" } = (await cluster.createJob(jobOf("stuck")))?.metadata ?? {}
    const pods = async () =>
      (await fake.list("pods")).filter(({ metadata }) =>
        metadata.ownerReferences?.some((owner) => owner.uid === uid),
      )
    await expect.poll(pods).toHaveLength(1)
    await cluster.deleteJob("stuck", "another")
    expect((await cluster.readJob("stuck"))?.metadata.uid).toBe(uid)
    await cluster.deleteJob("stuck", uid)
    await cluster.deleteJob("stuck", uid)
    expect(await cluster.readJob("stuck")).toBeNull()
    await expect.poll(pods).toEqual([])
  })

  test("whose answer is lost is known again", async () => {
    await fake.fail({ verb: "create", resource: "jobs", times: 1, with: "lost" })
    const job = await cluster.createJob(jobOf("lost", { "envseal.dev/run": "1" }))
    expect(job?.metadata.name).toBe("lost")
  })

  test("of somebody else is not taken for that", async () => {
    await cluster.createJob(jobOf("taken", { "envseal.dev/run": "1" }))
    await fake.fail({ verb: "create", resource: "jobs", times: 1, with: "reset" })
    expect(await cluster.createJob(jobOf("taken", { "envseal.dev/run": "2" }))).toBeNull()
  })

  test("whose quota others count against at the same time is tried again, and not taken for one that exists", async () => {
    const asked: string[] = []
    const race = {
      kind: "Status",
      code: 409,
      reason: "Conflict",
      message: `Operation cannot be fulfilled on resourcequotas "all": the object has been modified`,
    }
    const server = createServer((request, answer) => {
      asked.push(request.method ?? "")
      answer.statusCode = asked.length === 1 ? 409 : 201
      answer.end(JSON.stringify(asked.length === 1 ? race : jobOf("migrate")))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    const access = {
      ...{ name: "fake", ca: null, tlsServerName: null, insecure: false, proxy: null },
      server: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
      credential: async () => ({ token: "t" }),
    }
    const racing = new KubernetesCluster(access, "shop", { log, activity, limits })
    expect((await racing.createJob(jobOf("migrate")))?.metadata.name).toBe("migrate")
    expect(asked).toEqual(["POST", "POST"])
    server.closeAllConnections()
    server.close()
  })

  test("that is not valid is refused", async () => {
    const error = await failureOf(() => cluster.createJob(jobOf("Not_A_Name")))
    expect(error.code).toBe("PATCH_REFUSED")
    expect(error.message).toContain("the Job Not_A_Name")
  })
})

describe("a lease", () => {
  const now = (second: number) => `2026-01-01T00:00:0${second}.000000Z`
  const leaseOf = (name: string, holderIdentity: string, second = 0) => ({
    metadata: { name },
    spec: { holderIdentity, leaseDurationSeconds: 15, acquireTime: now(0), renewTime: now(second) },
  })

  test("is taken by one, renewed by its version, and given back", async () => {
    const mine = await cluster.writeLease(leaseOf("one", "me"))
    expect(mine?.spec.holderIdentity).toBe("me")
    expect(await cluster.writeLease(leaseOf("one", "you"))).toBeNull()
    if (mine === null) throw new Error("no lease")
    const renewed = await cluster.writeLease({ ...mine, spec: { ...mine.spec, renewTime: now(5) } })
    expect(renewed?.spec.renewTime).toBe(now(5))
    // Of the version before.
    expect(await cluster.writeLease(mine)).toBeNull()
    expect(await cluster.deleteLease(mine)).toBe(false)
    expect(await cluster.readLease("one")).toEqual(renewed)
    expect(renewed && (await cluster.deleteLease(renewed))).toBe(true)
    expect(renewed && (await cluster.deleteLease(renewed))).toBe(false)
    expect(renewed && (await cluster.writeLease(renewed))).toBeNull()
    expect(await cluster.readLease("one")).toBeNull()
  })

  test("that was never read is not deleted", async () => {
    expect(await cluster.deleteLease(leaseOf("never", "me"))).toBe(false)
    expect(await sent()).toEqual([])
  })

  test("is known to be ours when the answer to any of it is lost", async () => {
    await fake.fail({ verb: "create", times: 1, with: "lost" })
    const mine = await cluster.writeLease(leaseOf("lost", "me"))
    if (mine === null) throw new Error("no lease")
    expect(mine.metadata.resourceVersion).toBeDefined()
    await fake.fail({ verb: "update", times: 1, with: "lost" })
    const renewed = await cluster.writeLease({ ...mine, spec: { ...mine.spec, renewTime: now(5) } })
    if (renewed === null) throw new Error("no lease")
    await fake.fail({ verb: "delete", times: 1, with: "lost" })
    expect(await cluster.deleteLease(renewed)).toBe(true)
  })
})

describe("a watch", () => {
  test("that may not be is not begun again", async () => {
    const reader = await clusterOf("reader")
    const seen = reader.observe(["Deployment"], new AbortController().signal)[Symbol.asyncIterator]()
    const error = await failureOf(() => seen.next())
    expect(error.code).toBe("ACCESS_DENIED")
    expect(error.hint).toMatch(/the Role needs the rule .*"verbs":\["list"\]/)
  })

  test("ends with the signal, and leaves nothing open", async () => {
    const stop = new AbortController()
    const seen = cluster.observe(["Deployment", "CronJob"], stop.signal)[Symbol.asyncIterator]()
    expect(await seen.next()).toMatchObject({ value: { type: "view" } })
    // Two kinds of workloads, ReplicaSets and pods. One that is still on its way would come after the end.
    for (let turn = 0; turn < 10_000 && (await fake.watches()) < 4; turn += 1) await sleep(20)
    expect(await fake.watches()).toBe(4)
    stop.abort()
    // What changed just before may still be told.
    while (!(await seen.next()).done);
    for (let turn = 0; turn < 10_000 && (await fake.watches()) > 0; turn += 1) await sleep(20)
    expect(await fake.watches()).toBe(0)
  })

  test.each([
    [["Deployment"], ["deployments", "pods", "replicasets"]],
    [
      ["StatefulSet", "DaemonSet"],
      ["daemonsets", "pods", "statefulsets"],
    ],
    [["CronJob"], ["cronjobs", "pods"]],
  ] as const)("of %j is of %j", async (kinds, resources) => {
    const stop = new AbortController()
    const seen = cluster.observe(kinds, stop.signal)[Symbol.asyncIterator]()
    await seen.next()
    stop.abort()
    while (!(await seen.next()).done);
    const lists = (await fake.requests()).filter(({ verb }) => verb === "list")
    expect(lists.map(({ resource }) => resource).sort()).toEqual(resources)
  })
})
