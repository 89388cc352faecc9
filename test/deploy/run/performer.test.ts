import { beforeEach, describe, expect, test } from "vitest"
import type { EnvironmentSettings } from "../../../src/config/settings.ts"
import { EnvsealError, type ErrorCode } from "../../../src/core/error.ts"
import type { Deployment, NewJob } from "../../../src/core/kubernetes.ts"
import type { Effect } from "../../../src/deploy/core/effect.ts"
import type { Happening } from "../../../src/deploy/core/event.ts"
import type { Release } from "../../../src/deploy/core/release.ts"
import { LeaseLock } from "../../../src/deploy/run/lock.ts"
import { Performer } from "../../../src/deploy/run/performer.ts"
import type { DeployPorts } from "../../../src/deploy/run/ports.ts"
import { scopeOf } from "../../../src/deploy/run/request.ts"
import type { BuildRequest } from "../../../src/ports/builder.ts"
import type { Cluster, Fence, Observation } from "../../../src/ports/cluster.ts"
import { LeaseCluster } from "../../fake/lease-cluster.ts"
import { FakeTimer } from "../../fake/timer.ts"
import { settings } from "../../status/scene.ts"
import {
  build,
  ended,
  newImage,
  nowhere,
  oldImage,
  otherImage,
  plan,
  pod,
  release,
  repository,
} from "../core/scene.ts"
import { OneDeployment } from "./one-deployment.ts"

/** What a test puts in the place of ports. What it leaves out is not to be called. */
type Stubs = { readonly [Port in keyof DeployPorts]?: Partial<DeployPorts[Port]> }

const ref = { kind: "Deployment", name: "web" } as const
const token = "00000000-0000-4000-8000-000000000001"
const holder = `anna@laptop ${token}`
const commit = "a".repeat(40)
const hook = {
  name: "migrate",
  workload: ref,
  container: null,
  keep: [],
  command: ["migrate"],
  timeoutMs: 60_000,
}
const environment: EnvironmentSettings = {
  ...settings(),
  build: { project: "shop", source: null, repository: null, variables: { A: "1" }, timeoutMs: 1 },
  hooks: { before: [hook], after: [] },
}
const refusal = (code: ErrorCode) => new EnvsealError(code, "no", { hint: "do this" })
const failure = (code: ErrorCode) => ({ code, message: "no", hint: "do this", problems: [] })
const bug = new TypeError("x is not a function")

function refusing(error: unknown) {
  return async () => {
    throw error
  }
}

let timer: FakeTimer
let over: AbortController
let said: string[]
let leases: LeaseCluster
beforeEach(() => {
  timer = new FakeTimer()
  over = new AbortController()
  said = []
  leases = new LeaseCluster()
})

function performerOf(stubs: Stubs, change: Partial<EnvironmentSettings> = {}): Performer {
  const ports = {
    ...{ timer, clock: timer, random: () => 0.25 },
    log: { warn: (text: string) => said.push(text), debug: () => {} },
    ...stubs,
    cluster: { ...leases.port, name: "fake", namespace: "shop", ...stubs.cluster },
  } as DeployPorts
  const all = { ...environment, ...change }
  const start = { type: "build", commit, detach: false } as const
  const run = { plan: plan({ start }), settings: all, scope: scopeOf(all), by: "anna@laptop", token }
  const audience = {
    progress: ({ type }: { type: string }) => said.push(`told ${type}`),
    line: (from: string, { atMs, text }: { atMs: number; text: string }) =>
      said.push(`${from} ${atMs} ${text}`),
    state: () => {},
  }
  const lock = new LeaseLock({ name: "lock", holder, force: false }, ports)
  return new Performer(run, ports, audience, lock, over.signal)
}

/** Performs an effect to its end, for which no time has to pass. @returns what was answered. */
async function perform(effect: Effect, stubs: Stubs = {}, change: Partial<EnvironmentSettings> = {}) {
  return performBy(performerOf(stubs, change), effect)
}

const changes: readonly Effect["do"][] = ["patch", "restore", "prove", "run-hook", "delete-pod", "delete-job"]

/** What changes the cluster is performed by who holds the lock. */
async function performBy(performer: Performer, effect: Effect): Promise<readonly Happening[]> {
  if (changes.includes(effect.do) && leases.lease === null) await performer.perform({ do: "lock" }, () => {})
  const answers: Happening[] = []
  await performer.perform(effect, (answer) => answers.push(answer))
  return answers
}

test("what is reported reaches the audience, and nothing is answered", async () => {
  expect(await perform({ do: "tell", progress: { type: "locked" } })).toEqual([])
  expect(said).toEqual(["told locked"])
})

describe("the check", () => {
  const well = (cluster: OneDeployment): Stubs => ({
    account: { whoAmI: async () => ({ account: "1", arn: "arn" }) },
    builder: { project: async () => ({ batch: false, sourceType: "GITHUB" }) as never },
    cluster: { ...cluster.port, missingRights: async () => [], rehearse: async () => {} },
    registry: { knows: () => true, find: async () => null },
  })

  test("answers what it found, or why it failed, with its number", async () => {
    const stubs = well(new OneDeployment(oldImage, []))
    expect(await perform({ do: "check", ask: 3 }, stubs)).toEqual([
      { type: "checked", ask: 3, targets: [{ ref, live: { app: oldImage }, releases: [] }] },
    ])
    const failing = { ...stubs, account: { whoAmI: refusing(refusal("NO_CREDENTIALS")) } }
    expect(await perform({ do: "check", ask: 4 }, failing)).toEqual([
      { type: "check-failed", ask: 4, failure: failure("NO_CREDENTIALS") },
    ])
  })

  const restore: Effect = { do: "restore", ref, from: { app: newImage }, to: { app: oldImage } }
  const before: readonly Release[] = [
    { images: { app: oldImage }, build: "shop:0" },
    { images: { app: otherImage } },
  ]

  test("remembers the releases, which are written again when what somebody else gave runs again", async () => {
    const known: readonly Release[] = [
      { images: { app: newImage }, build: "shop:1", proven: true },
      { images: { app: oldImage } },
    ]
    const cluster = new OneDeployment(otherImage, known)
    const performer = performerOf(well(cluster))
    await performBy(performer, { do: "check", ask: 3 })
    // A rollback that failed.
    cluster.image = newImage
    cluster.releases = known
    await performBy(performer, { ...restore, to: { app: otherImage } })
    expect([cluster.image, cluster.releases]).toEqual([otherImage, known])
  })

  test("remembers the releases, which are written again when the same runs again", async () => {
    const cluster = new OneDeployment(oldImage, before)
    const performer = performerOf(well(cluster))
    await performBy(performer, { do: "check", ask: 1 })
    cluster.image = newImage
    cluster.releases = []
    expect(await performBy(performer, restore)).toMatchObject([
      {
        type: "patched",
        did: "restore",
        workload: "deployment/web",
        changed: true,
        before: { app: oldImage },
      },
    ])
    expect([cluster.image, cluster.releases]).toEqual([oldImage, before])
  })

  test("remembers nothing that is written when something else ran then", async () => {
    const cluster = new OneDeployment(otherImage, [{ images: { app: otherImage } }, ...before])
    const performer = performerOf(well(cluster))
    await performBy(performer, { do: "check", ask: 1 })
    cluster.image = newImage
    cluster.releases = [{ images: { app: newImage } }, ...before]
    await performBy(performer, restore)
    expect([cluster.image, cluster.releases]).toEqual([oldImage, before])
  })
})

describe("the lock", () => {
  const theirs = { holderIdentity: "bert@ci 00000000-0000-4000-8000-000000000002" }

  test("is taken, renewed every ten seconds, and given back", async () => {
    const performer = performerOf({})
    expect(await performBy(performer, { do: "lock" })).toEqual([{ type: "locked", renewAfterMs: 10_000 }])
    const renewed = await performBy(performer, { do: "renew-lock", ask: 2 })
    expect(renewed).toEqual([{ type: "lock-renewed", ask: 2 }])
    expect(await performBy(performer, { do: "unlock" })).toEqual([{ type: "unlocked", why: null }])
    expect(leases.lease).toBeNull()
  })

  test("is lost to the run that took it", async () => {
    const performer = performerOf({})
    await performBy(performer, { do: "lock" })
    leases.put(theirs)
    expect(await performBy(performer, { do: "renew-lock", ask: 2 })).toEqual([
      { type: "lock-lost", holder: "bert@ci" },
    ])
  })

  test("is refused, or not sure, or left, by what the cluster says", async () => {
    const readLease = refusing(refusal("REMOTE_FAILED"))
    expect(await perform({ do: "lock" }, { cluster: { readLease } })).toEqual([
      { type: "lock-refused", failure: failure("REMOTE_FAILED") },
    ])
    let isBroken = false
    const cluster = leases.port
    const breaking = <T>(work: () => Promise<T>) => (isBroken ? refusing(refusal("REMOTE_FAILED"))() : work())
    const performer = performerOf({
      cluster: {
        writeLease: (lease) => breaking(() => cluster.writeLease(lease)),
        deleteLease: (lease) => breaking(() => cluster.deleteLease(lease)),
      },
    })
    await performBy(performer, { do: "lock" })
    isBroken = true
    expect(await performBy(performer, { do: "renew-lock", ask: 5 })).toEqual([
      { type: "lock-unsure", ask: 5 },
    ])
    expect(await performBy(performer, { do: "unlock" })).toEqual([{ type: "unlocked", why: "no" }])
  })

  test("that is waited for is no refusal once the run is over", async () => {
    leases.put(theirs)
    const answers = perform({ do: "lock" })
    await timer.pass(1_000)
    over.abort()
    expect(await answers).toEqual([{ type: "time" }])
  })
})

describe("the lock of a run whose changes are on their way", () => {
  /** What is asked for and not answered yet, and whether it may be sent. */
  let open: { readonly answer: () => void; readonly isSent: boolean }[]
  beforeEach(() => {
    open = []
  })

  function send(fence: Fence | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    let isSent = true
    try {
      fence?.()
    } catch {
      isSent = false
    }
    open.push({ answer: resolve, isSent })
    return isSent ? promise : refusing(refusal("REMOTE_FAILED"))()
  }

  const answered =
    <T>(value: T) =>
    (fence: Fence | undefined) =>
      send(fence).then(() => value)
  const live = new OneDeployment(oldImage, [])
  const held = new OneDeployment(newImage, [{ images: { app: newImage }, proven: false }])
  const read = (one: OneDeployment) => one.port.read ?? refusing(bug)
  const hookRun = { do: "run-hook", when: "before", name: "migrate", release, images: {} } as const

  test.each<readonly [string, Effect, Partial<Cluster>]>([
    [
      "a change",
      { do: "patch", ref, to: { app: newImage }, release, only: null },
      {
        read: read(live),
        patch: async (_, __, fence) => answered((await live.port.read(ref)) as never)(fence),
      },
    ],
    [
      "what is given back",
      { do: "restore", ref, from: { app: newImage }, to: { app: oldImage } },
      {
        read: read(held),
        patch: async (_, __, fence) => answered((await held.port.read(ref)) as never)(fence),
      },
    ],
    [
      "what is written down",
      { do: "prove", ref, images: { app: newImage } },
      {
        read: read(held),
        patch: async (_, __, fence) => answered((await held.port.read(ref)) as never)(fence),
      },
    ],
    [
      "the Job of a hook",
      { ...hookRun, images: { "deployment/web": { app: newImage } } },
      { read: read(live), createJob: (_, fence) => answered(null)(fence) },
    ],
    [
      "the end of a pod",
      { do: "delete-pod", name: "p", uid: "u" },
      { deletePod: (_, __, fence) => send(fence) },
    ],
    [
      "the end of a Job",
      { do: "delete-job", name: "j", uid: "u" },
      { deleteJob: (_, __, fence) => send(fence) },
    ],
  ])(
    "is given back only once %s is answered, and nothing is sent from then on",
    async (_, effect, cluster) => {
      const performer = performerOf({ cluster })
      await performer.perform({ do: "lock" }, () => {})
      performer.perform(effect, () => {}).catch(() => {})
      await timer.pass(0)
      expect(open.map(({ isSent }) => isSent)).toEqual([true])
      const unlocking = performBy(performer, { do: "unlock" })
      performer.perform({ do: "delete-pod", name: "p", uid: "u" }, () => {}).catch(() => {})
      await timer.pass(5_000)
      expect(leases.lease).not.toBeNull()
      expect(open.slice(1).filter(({ isSent }) => isSent)).toEqual([])
      open[0]?.answer()
      expect(await unlocking).toEqual([{ type: "unlocked", why: null }])
      expect(leases.lease).toBeNull()
      over.abort()
    },
  )
})

describe("a build", () => {
  test("is started of the commit, with the variables of the settings, once a run", async () => {
    const requests: BuildRequest[] = []
    const start = async (request: BuildRequest) => {
      requests.push(request)
      return build()
    }
    expect(await perform({ do: "start-build", origin: null }, { builder: { start } })).toEqual([
      { type: "build-started", build: build() },
    ])
    expect(requests).toEqual([{ project: "shop", sourceVersion: commit, variables: { A: "1" }, token }])
    const refused = { builder: { start: refusing(refusal("BUILD_NOT_STARTED")) } }
    expect(await perform({ do: "start-build", origin: null }, refused)).toEqual([
      { type: "build-refused", failure: failure("BUILD_NOT_STARTED") },
    ])
  })

  const read = (answer: () => Promise<ReturnType<typeof build> | null>) =>
    perform({ do: "read-build", id: "shop:1", ask: 6 }, { builder: { read: answer } })

  test("is seen or missing, with the number of the question", async () => {
    expect(await read(async () => build())).toEqual([
      { type: "build-seen", ask: 6, build: build(), random: 0.25 },
    ])
    expect(await read(async () => null)).toEqual([{ type: "build-missing", ask: 6, random: 0.25 }])
  })

  test.each([
    ["THROTTLED", "throttled"],
    ["REMOTE_FAILED", "passing"],
    ["ACCESS_DENIED", "final"],
    ["NO_CREDENTIALS", "final"],
  ] as const)("is not seen by %s, which is %s", async (code, reason) => {
    expect(await read(refusing(refusal(code)))).toEqual([
      { type: "build-unseen", ask: 6, failure: failure(code), reason, random: 0.25 },
    ])
  })

  test("is stopped, or why it could not be is reported", async () => {
    const stop: Effect = { do: "stop-build", id: "shop:1" }
    expect(await perform(stop, { builder: { stop: async () => null } })).toEqual([
      { type: "build-stopped", failure: null },
    ])
    expect(await perform(stop, { builder: { stop: refusing(refusal("ACCESS_DENIED")) } })).toEqual([
      { type: "build-stopped", failure: failure("ACCESS_DENIED") },
    ])
  })
})

describe("the log of a build", () => {
  const at = (stream: string, id = "shop:1") => build({ id, log: { type: "stream", group: "g", stream } })
  /** Each stream has one line. */
  const logTail: DeployPorts["logTail"] = {
    read: async (_, stream, cursor) => ({
      lines: cursor === null ? [{ atMs: 7, text: `of ${stream}` }] : [],
      cursor: "1",
    }),
  }

  test("is reported to its end before it is said to be drained", async () => {
    const performer = performerOf({ logTail })
    const following = performBy(performer, { do: "follow-log", build: at("one") })
    const draining = performBy(performer, { do: "drain-log" }).then((answers) =>
      said.push(answers[0]?.type ?? ""),
    )
    await timer.pass(60_000)
    await Promise.all([following, draining])
    expect(said).toEqual(["build 7 of one", "log-drained"])
  })

  test("is followed on while the build goes on", async () => {
    const performer = performerOf({ logTail, builder: { read: async () => at("one") } })
    let isOver = false
    const following = performBy(performer, { do: "follow-log", build: build() }).then(() => {
      isOver = true
    })
    await performBy(performer, { do: "read-build", id: "shop:1", ask: 1 })
    await timer.pass(60_000)
    expect([isOver, said]).toEqual([false, ["build 7 of one"]])
    over.abort()
    await following
  })

  test("is found once the build says where it is, and ends with it", async () => {
    const done = { ...at("late"), complete: true }
    const performer = performerOf({ logTail, builder: { read: async () => done } })
    const following = performBy(performer, { do: "follow-log", build: build() })
    await timer.pass(10_000)
    expect(said).toEqual([])
    await performBy(performer, { do: "read-build", id: "shop:1", ask: 1 })
    await timer.pass(60_000)
    expect([await following, said]).toEqual([[], ["build 7 of late"]])
  })

  test("of a build that takes another's place is reported after the other's", async () => {
    const performer = performerOf({ logTail })
    const first = performBy(performer, { do: "follow-log", build: at("one") })
    const second = performBy(performer, { do: "follow-log", build: at("two", "shop:2") })
    const drained = performBy(performer, { do: "drain-log" })
    await timer.pass(60_000)
    await Promise.all([first, second, drained])
    expect(said).toEqual(["build 7 of one", "build 7 of two"])
  })

  test("is drained at once when none is followed", async () => {
    expect(await perform({ do: "drain-log" })).toEqual([{ type: "log-drained" }])
  })
})

describe("an image", () => {
  const [, digest = ""] = newImage.split("@")
  const registry: DeployPorts["registry"] = {
    knows: () => true,
    find: async () => ({ digest, pushedAtMs: 0, status: "ACTIVE", tags: [] }),
  }

  test("is found by its name, or as the one of a build", async () => {
    expect(await perform({ do: "find-image", from: "v1" }, { registry })).toMatchObject([
      { type: "image-found", release: { image: newImage, build: null } },
    ])
    const built = ended("SUCCEEDED", { exported: { ENVSEAL_IMAGE: `${repository}:v1` } })
    expect(await perform({ do: "find-image", from: built }, { registry })).toMatchObject([
      { type: "image-found", release: { image: newImage, build: "shop:1" } },
    ])
  })

  test("is refused when there is none, or none is configured", async () => {
    const none = { registry: { knows: () => true, find: async () => null } }
    const refused = [{ type: "image-refused", failure: { code: "IMAGE_UNUSABLE" } }]
    expect(await perform({ do: "find-image", from: "v1" }, none)).toMatchObject(refused)
    expect(await perform({ do: "find-image", from: "v1" }, { registry }, { image: null })).toMatchObject(
      refused,
    )
  })
})

describe("a hook", () => {
  const effect = (of = release): Effect => ({
    ...{ do: "run-hook", when: "before", name: "migrate", release: of },
    images: { "deployment/web": { app: newImage }, "deployment/worker": { worker: oldImage } },
  })
  const jobs = (condition: { type: string; reason?: string } | null, created: NewJob[] = []): Stubs => ({
    cluster: {
      ...new OneDeployment(oldImage, []).port,
      createJob: async (job) => {
        created.push(job)
        return { metadata: { ...job.metadata, uid: "u", resourceVersion: "1" } }
      },
      readJob: async (name) => ({
        metadata: { name, uid: "u", resourceVersion: "1" },
        status: { conditions: condition === null ? [] : [{ status: "True", ...condition }] },
      }),
      pods: async () => [pod("p")],
      log: async () => ["migrated"],
    },
  })

  test("runs for its build, with the new images of its own workload, and its log is reported", async () => {
    const created: NewJob[] = []
    const job = "envseal-migrate-shop1"
    await timer.pass(9)
    expect(await perform(effect(), jobs({ type: "Complete" }, created))).toEqual([
      { type: "hook-began", hook: "migrate", job },
      { type: "hook-ended", hook: "migrate" },
    ])
    const [container] = created[0]?.spec.template.spec.containers ?? []
    expect([created[0]?.metadata.name, container]).toMatchObject([job, { name: "app", image: newImage }])
    expect(said).toEqual(["hook 9 migrated"])
  })

  test("runs for its run when its image is of no build", async () => {
    const [began] = await perform(effect({ ...release, build: null }), jobs({ type: "Complete" }))
    expect(began).toMatchObject({ job: "envseal-migrate-000000000001" })
  })

  test("is over when its Job failed, and may still run when that is not known", async () => {
    const [, failed] = await perform(effect(), jobs({ type: "Failed" }))
    expect(failed).toMatchObject({ type: "hook-failed", over: true, failure: { code: "HOOK_FAILED" } })
    const lost = { cluster: { ...jobs(null).cluster, readJob: refusing(refusal("ACCESS_DENIED")) } }
    const [, unknown] = await perform(effect(), lost)
    expect(unknown).toEqual({
      ...{ type: "hook-failed", hook: "migrate", over: false, failure: failure("ACCESS_DENIED") },
    })
  })

  test("is not spoken of any more once the run is over", async () => {
    const answers = perform(effect(), jobs(null))
    await timer.pass(1_000)
    over.abort()
    expect(await answers).toMatchObject([{ type: "hook-began" }])
  })
})

describe("a workload", () => {
  const patch: Effect = { do: "patch", ref, to: { app: newImage }, release, only: null }
  const restore: Effect = { do: "restore", ref, from: { app: newImage }, to: { app: oldImage } }

  test("is given images, by this run at this time, and says what it had", async () => {
    const cluster = new OneDeployment(oldImage, [])
    await timer.pass(1_000)
    expect(await perform(patch, { cluster: cluster.port })).toMatchObject([
      { type: "patched", did: "patch", workload: "deployment/web", before: { app: oldImage }, changed: true },
    ])
    expect(cluster.releases[0]).toMatchObject({
      ...{ run: token, by: "anna@laptop", build: "shop:1", at: "1970-01-01T00:00:01.000Z" },
    })
  })

  test.each([
    ["has got the container debug since it was checked, which keeps its image", oldImage, 1],
    ["is as it was, with a container of another image", "busybox:1", 0],
  ])("that %s, is told so", async (what, image, warnings) => {
    const cluster = new OneDeployment(oldImage, [])
    const { patch: change } = cluster.port
    const growing = async (...sent: Parameters<typeof change>) => {
      const { spec, ...rest } = (await change(...sent)) as Deployment
      const containers = [...spec.template.spec.containers, { name: "debug", image }]
      const template = { ...spec.template, spec: { ...spec.template.spec, containers } }
      return { ...rest, spec: { ...spec, template } }
    }
    await perform(patch, { cluster: { ...cluster.port, patch: growing } })
    expect(said).toHaveLength(warnings)
    if (warnings > 0) expect(said[0]).toContain(`deployment/web ${what}`)
  })

  test("that somebody else has changed is theirs, when only what was found may give way", async () => {
    const cluster = new OneDeployment(`${oldImage}1`, [])
    const answers = await perform({ ...patch, only: { app: oldImage } }, { cluster: cluster.port })
    expect(answers).toMatchObject([{ type: "patch-failed", foreign: true, failure: { code: "SUPERSEDED" } }])
    expect(cluster.patches).toBe(0)
  })

  test.each([
    [patch, oldImage],
    [restore, newImage],
  ])(
    "is not changed when the run stood still for more than five seconds since that was decided: %j",
    async (effect, image) => {
      const pausing = async (ms: number) => {
        const cluster = new OneDeployment(image, [])
        const { read, patch: change } = cluster.port
        const paused = async (...asked: Parameters<typeof read>) => {
          const found = await read(...asked)
          await timer.pass(ms)
          return found
        }
        const [answer] = await perform(effect, { cluster: { read: paused, patch: change } })
        return [answer?.type, cluster.patches]
      }
      expect(await pausing(5_000)).toEqual(["patched", 1])
      expect(await pausing(5_001)).toEqual(["patch-failed", 0])
    },
  )

  test.each([
    [patch, oldImage],
    [restore, newImage],
  ])("is changed by a slow server too, as long as the run goes on: %j", async (effect, image) => {
    const cluster = new OneDeployment(image, [])
    const { read, patch: change } = cluster.port
    const slow = async (...asked: Parameters<typeof read>) => {
      const found = await read(...asked)
      for (let second = 0; second < 15; second++) {
        await timer.pass(1_000)
        performer.beat()
      }
      return found
    }
    const performer = performerOf({ cluster: { read: slow, patch: change } })
    const [answer] = await performBy(performer, effect)
    expect([answer?.type, cluster.patches]).toEqual(["patched", 1])
  })

  test.each([
    [patch, oldImage],
    [restore, newImage],
  ])(
    "is not changed when the lock was not renewed for 25 s, however awake the run is: %j",
    async (effect, image) => {
      const answeredAfter = async (seconds: number) => {
        leases.lease = null
        const cluster = new OneDeployment(image, [])
        const { read, patch: change } = cluster.port
        const slow = async (...asked: Parameters<typeof read>) => {
          const found = await read(...asked)
          for (let second = 0; second < seconds; second++) {
            await timer.pass(1_000)
            performer.beat()
          }
          return found
        }
        const performer = performerOf({ cluster: { read: slow, patch: change } })
        return [await performBy(performer, effect), cluster.patches]
      }
      expect(await answeredAfter(24)).toMatchObject([[{ type: "patched" }], 1])
      const message = "deployment/web was not changed: its lock was not renewed in time"
      expect(await answeredAfter(25)).toMatchObject([
        [{ type: "patch-failed", failure: { code: "REMOTE_FAILED", message }, foreign: false }],
        0,
      ])
    },
  )

  test("keeps what the run before found, whose lock was taken", async () => {
    const theirs = "00000000-0000-4000-8000-000000000002"
    leases.put({ holderIdentity: `bert@ci ${theirs}`, leaseDurationSeconds: 1 })
    const given = [{ images: { app: newImage }, run: theirs }, { images: { app: oldImage } }]
    const performer = performerOf({ cluster: new OneDeployment(newImage, given).port })
    const locked = performBy(performer, { do: "lock" })
    await timer.pass(2_000)
    await locked
    const otherBuild: Effect = { ...patch, release: { ...release, build: "shop:2" } }
    expect(await performBy(performer, otherBuild)).toMatchObject([
      { type: "patched", before: { app: oldImage }, changed: false },
    ])
  })

  test.each([
    ["PATCH_CONFLICT", true],
    ["SUPERSEDED", true],
    ["REMOTE_FAILED", false],
    ["PATCH_REFUSED", false],
  ] as const)("that cannot be changed by %s is somebody else's: %s", async (code, foreign) => {
    const cluster = { ...new OneDeployment(newImage, []).port, read: refusing(refusal(code)) }
    const answer = { type: "patch-failed", workload: "deployment/web", failure: failure(code) }
    expect(await perform(patch, { cluster })).toEqual([{ ...answer, did: "patch", foreign }])
    expect(await perform(restore, { cluster })).toEqual([{ ...answer, did: "restore", foreign }])
  })

  test("in trouble is looked at", async () => {
    const trouble = {
      ...{ reason: "CrashLoopBackOff", message: "", pod: "p", podUid: "uid-p", container: "app" },
      ...{ exitCode: 1, restarts: 1, pods: 1 },
    }
    const cluster = {
      log: async () => ["bye"],
      events: async () => [{ reason: "BackOff", message: "again" }],
    }
    expect(await perform({ do: "examine", ref, trouble }, { cluster })).toEqual([
      {
        type: "examined",
        clues: { workload: "deployment/web", log: ["bye"], events: ["BackOff: again"] },
      },
    ])
  })
})

test("a pod that cannot be deleted is warned of, and nothing more", async () => {
  const effect: Effect = { do: "delete-pod", name: "web-0", uid: "u" }
  const asked: string[] = []
  const deletePod = async (name: string, uid: string) => void asked.push(`${name} ${uid}`)
  expect(await perform(effect, { cluster: { deletePod } })).toEqual([])
  expect([asked, said]).toEqual([["web-0 u"], []])
  expect(await perform(effect, { cluster: { deletePod: refusing(refusal("ACCESS_DENIED")) } })).toEqual([])
  expect(said).toEqual(["pod web-0 could not be deleted: no"])
})

describe("a Job that is to be deleted", () => {
  const effect: Effect = { do: "delete-job", name: "web-1", uid: "u" }
  const done = { type: "job-deleted", uid: "u", failure: null }

  test("is answered for once it is, or once that is refused, which is warned of", async () => {
    const asked: string[] = []
    const deleteJob = async (name: string, uid: string) => void asked.push(`${name} ${uid}`)
    expect(await perform(effect, { cluster: { deleteJob } })).toEqual([done])
    expect([asked, said]).toEqual([["web-1 u"], []])
    const denied = await perform(effect, { cluster: { deleteJob: refusing(refusal("ACCESS_DENIED")) } })
    expect(denied).toEqual([{ ...done, failure: failure("ACCESS_DENIED") }])
    expect(said).toEqual(["job web-1 could not be deleted: no"])
  })

  test("is asked for again while the cluster does not answer, and answered for only then", async () => {
    let tries = 0
    const deleteJob = async () => {
      tries++
      if (tries < 3) throw refusal("REMOTE_FAILED")
    }
    const answers: Happening[] = []
    const deleting = performerOf({ cluster: { deleteJob } }).perform(effect, (answer) => answers.push(answer))
    await timer.pass(3_999)
    expect([tries, answers]).toEqual([2, []])
    await timer.pass(1)
    await deleting
    expect([tries, answers]).toEqual([3, [done]])
  })

  test("is not answered for once the run is over", async () => {
    const deleteJob = refusing(refusal("REMOTE_FAILED"))
    const deleting = perform(effect, { cluster: { deleteJob } })
    await timer.pass(5_000)
    over.abort()
    expect(await deleting).toEqual([])
  })
})

test("a pod is deleted only with a lock that is ours for certain, and asked for until then", async () => {
  const effect: Effect = { do: "delete-pod", name: "web-0", uid: "u" }
  const deleted: string[] = []
  const deletePod: Cluster["deletePod"] = async (name, _, fence) => {
    fence?.()
    deleted.push(name)
  }
  const performer = performerOf({ cluster: { deletePod } })
  await performer.perform({ do: "lock" }, () => {})
  await timer.pass(25_000)
  const deleting = performBy(performer, effect)
  await timer.pass(2_000)
  expect(deleted).toEqual([])
  expect(said).toEqual([
    "pod web-0 could not be deleted: it was not deleted: its lock was not renewed in time",
  ])
  await performer.perform({ do: "renew-lock", ask: 1 }, () => {})
  await timer.pass(2_000)
  await deleting
  expect(deleted).toEqual(["web-0"])
  expect(said).toHaveLength(1)
})

test("a pod that cannot be deleted is not asked for any more once the run is over", async () => {
  const deletePod = refusing(refusal("REMOTE_FAILED"))
  const deleting = perform({ do: "delete-pod", name: "web-0", uid: "u" }, { cluster: { deletePod } })
  await timer.pass(5_000)
  over.abort()
  expect(await deleting).toEqual([])
})

test("a workload that is proven gets a mark, or the reason why it did not", async () => {
  const effect: Effect = { do: "prove", ref, images: { app: newImage } }
  const cluster = new OneDeployment(newImage, [{ images: { app: newImage }, proven: false }])
  const recorded = { type: "recorded", workload: "deployment/web" }
  expect(await perform(effect, { cluster: cluster.port })).toEqual([{ ...recorded, failure: null }])
  expect(cluster.releases).toEqual([{ images: { app: newImage }, proven: true }])
  const stubs = { cluster: { read: refusing(refusal("ACCESS_DENIED")) } }
  expect(await perform(effect, stubs)).toEqual([{ ...recorded, failure: failure("ACCESS_DENIED") }])
})

describe("what is watched", () => {
  const effect: Effect = { do: "observe", kinds: ["Deployment"] }

  function observing(observations: readonly Observation[], end: () => void): Stubs {
    async function* observe() {
      yield* observations
      end()
    }
    return { cluster: { observe } }
  }

  test("is seen and lost as the cluster says, until the watch ends for good", async () => {
    const observations = [
      { type: "view", view: nowhere },
      { type: "lost", why: "no answer" },
    ] as const
    const stubs = observing(observations, () => {
      throw refusal("ACCESS_DENIED")
    })
    expect(await perform(effect, stubs)).toEqual([
      { type: "seen", view: nowhere },
      { type: "unseen", why: "no answer" },
      { type: "unwatchable", failure: failure("ACCESS_DENIED") },
    ])
  })

  test("is watched once at a time: what was begun before ends, and says nothing more", async () => {
    const signals: AbortSignal[] = []
    const late: (() => void)[] = []
    async function* observe(_: unknown, signal: AbortSignal): AsyncGenerator<Observation, void> {
      signals.push(signal)
      yield { type: "view", view: nowhere }
      if (signals.length === 1) await new Promise<void>((resolve) => late.push(resolve))
      yield { type: "lost", why: "late" }
    }
    const performer = performerOf({ cluster: { observe } })
    const told: Happening[] = []
    const first = performer.perform(effect, (event) => told.push(event))
    await new Promise((resolve) => setImmediate(resolve))
    await performer.perform(effect, (event) => told.push(event))
    late[0]?.()
    await first
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    expect(told.map(({ type }) => type)).toEqual(["seen", "seen", "unseen"])
  })

  test("is not spoken of any more once the run is over", async () => {
    const stubs = observing([], () => {
      over.abort()
      throw refusal("ACCESS_DENIED")
    })
    expect(await perform(effect, stubs)).toEqual([])
  })
})

describe("a bug in something that is done", () => {
  test.each<readonly [string, Effect, Stubs]>([
    ["a build", { do: "start-build", origin: null }, { builder: { start: refusing(bug) } }],
    ["a patch", { do: "patch", ref, to: {}, release, only: null }, { cluster: { read: refusing(bug) } }],
    ["a deletion", { do: "delete-pod", name: "p", uid: "u" }, { cluster: { deletePod: refusing(bug) } }],
  ])("is no answer of %s", async (_, effect, stubs) => {
    await expect(perform(effect, stubs)).rejects.toBe(bug)
  })

  test("is no answer of a renewal", async () => {
    let isBroken = false
    const { writeLease } = leases.port
    const performer = performerOf({
      cluster: { writeLease: (lease) => (isBroken ? refusing(bug)() : writeLease(lease)) },
    })
    await performBy(performer, { do: "lock" })
    isBroken = true
    await expect(performBy(performer, { do: "renew-lock", ask: 1 })).rejects.toBe(bug)
  })
})
