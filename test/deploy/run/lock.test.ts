import { beforeEach, describe, expect, test } from "vitest"
import type { Lease } from "../../../src/core/kubernetes.ts"
import { holderOf, LeaseLock, leaseName } from "../../../src/deploy/run/lock.ts"
import { LeaseCluster } from "../../fake/lease-cluster.ts"
import { FakeTimer } from "../../fake/timer.ts"

const ourRun = "00000000-0000-4000-8000-000000000001"
const theirRun = "00000000-0000-4000-8000-000000000002"
const us = `anna@laptop ${ourRun}`
const them = `bert@ci ${theirRun}`

let timer: FakeTimer
let cluster: LeaseCluster
let warnings: string[]
beforeEach(() => {
  timer = new FakeTimer()
  cluster = new LeaseCluster()
  warnings = []
})

function lockOf({ force = false } = {}): LeaseLock {
  const log = { warn: (text: string) => warnings.push(text), debug: () => {} }
  return new LeaseLock(
    { name: "lock", holder: us, force },
    { cluster: cluster.port, clock: timer, timer, log },
  )
}

/** Asks for the lock, and lets that much time pass. */
async function takeWithin(ms: number, { lock = lockOf(), signal = new AbortController().signal } = {}) {
  const taking = { state: "waiting" as "waiting" | "taken" | "refused", failure: null as unknown }
  lock.take(signal).then(
    () => {
      taking.state = "taken"
    },
    (error: unknown) => {
      taking.state = "refused"
      taking.failure = error
    },
  )
  await timer.pass(ms)
  return taking
}

function renewOurs(renewTime: string): void {
  cluster.put({ holderIdentity: us, renewTime })
}

function renewTheirs(spec: Lease["spec"]): void {
  cluster.put({ ...spec, renewTime: "2026-01-01T00:00:09.000000Z" })
}

describe("a lock that nobody has", () => {
  test("is taken at once, and says by whom, since when and for how long", async () => {
    const lock = lockOf()
    expect(await takeWithin(0, { lock })).toMatchObject({ state: "taken" })
    const now = "1970-01-01T00:00:00.000000Z"
    expect(cluster.lease?.spec).toEqual({
      holderIdentity: us,
      leaseDurationSeconds: 30,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    })
    expect([lock.takenFrom, warnings]).toEqual([null, []])
  })

  test.each([[{}], [{ holderIdentity: "" }]])(
    "is taken at once where its Lease is there as %j",
    async (spec) => {
      cluster.put({ ...spec, leaseTransitions: 4 })
      const lock = lockOf()
      expect(await takeWithin(0, { lock })).toMatchObject({ state: "taken" })
      expect(cluster.lease?.spec).toMatchObject({ holderIdentity: us, leaseTransitions: 5 })
      expect(lock.takenFrom).toBeNull()
    },
  )

  test("is asked for again while others are quicker, five times at most", async () => {
    cluster.beaten = 4
    expect(await takeWithin(0)).toMatchObject({ state: "taken" })
    cluster.lease = null
    cluster.beaten = 5
    expect(await takeWithin(0)).toMatchObject({ state: "refused", failure: { code: "LOCKED" } })
    expect(cluster.lease).toBeNull()
  })
})

describe("a lock that another run has", () => {
  const theirs = { holderIdentity: them, acquireTime: "1970-01-01T00:00:00.000000Z" }

  test("is refused as soon as they renew it, and says who has it since when", async () => {
    cluster.put({ ...theirs, leaseDurationSeconds: 30 })
    const taking = await takeWithin(5_999)
    renewTheirs(theirs)
    await timer.pass(1)
    expect(taking).toMatchObject({
      state: "refused",
      failure: {
        code: "LOCKED",
        message: "bert@ci deploys this environment since 0:00, 6 seconds ago",
      },
    })
    expect(cluster.lease?.spec.holderIdentity).toBe(them)
    expect(warnings).toEqual(["bert@ci has the lock; looking for 30 s whether they are still there"])
  })

  test.each([
    ["says that it renews every 15 s", 15, 16_000],
    ["does not say how often it renews", undefined, 30_000],
    ["says that it renews every 120 s", 120, 120_000],
    ["says that it renews once a day", 86_400, 120_000],
  ])("is taken over from a holder that is gone and %s, after %s s", async (_, seconds, takenMs) => {
    cluster.put({ ...theirs, ...(seconds === undefined ? {} : { leaseDurationSeconds: seconds }) })
    const lock = lockOf()
    const taking = await takeWithin(takenMs - 1, { lock })
    expect([taking.state, cluster.lease?.spec.holderIdentity]).toEqual(["waiting", them])
    await timer.pass(1)
    expect([taking.state, cluster.lease?.spec.holderIdentity]).toEqual(["taken", us])
    expect(lock.takenFrom).toBe(theirRun)
    expect(warnings.at(-1)).toBe("bert@ci is gone; taking over their lock")
  })

  test("is taken at once when they give it back", async () => {
    cluster.put({ ...theirs, leaseDurationSeconds: 30 })
    const lock = lockOf()
    const taking = await takeWithin(3_999, { lock })
    cluster.lease = null
    await timer.pass(1)
    expect([taking.state, cluster.lease]).toMatchObject(["taken", { spec: { holderIdentity: us } }])
  })

  test("is taken at once when its Lease is left without a holder", async () => {
    cluster.put({ ...theirs, leaseDurationSeconds: 30 })
    const taking = await takeWithin(3_999)
    cluster.put({ holderIdentity: "" })
    await timer.pass(1)
    expect([taking.state, cluster.lease]).toMatchObject(["taken", { spec: { holderIdentity: us } }])
  })

  test("is broken without a wait where that is wanted, and their run is known", async () => {
    cluster.put({ ...theirs, leaseDurationSeconds: 30, leaseTransitions: 2 })
    const lock = lockOf({ force: true })
    expect(await takeWithin(0, { lock })).toMatchObject({ state: "taken" })
    expect(cluster.lease?.spec).toMatchObject({ holderIdentity: us, leaseTransitions: 3 })
    expect([lock.takenFrom, warnings]).toEqual([theirRun, []])
  })

  test("is not waited for any longer once the run is over", async () => {
    cluster.put({ ...theirs, leaseDurationSeconds: 30 })
    const over = new AbortController()
    const taking = await takeWithin(3_000, { signal: over.signal })
    over.abort()
    await timer.pass(0)
    expect([taking.state, cluster.lease?.spec.holderIdentity]).toEqual(["refused", them])
  })
})

test("a lock that this run has already is taken without a wait, from nobody", async () => {
  cluster.put({ holderIdentity: us, leaseDurationSeconds: 30 })
  const lock = lockOf()
  expect(await takeWithin(0, { lock })).toMatchObject({ state: "taken" })
  expect([lock.takenFrom, warnings]).toEqual([null, []])
})

describe("a lock that is held", () => {
  async function held(): Promise<LeaseLock> {
    const lock = lockOf()
    await lock.take(new AbortController().signal)
    return lock
  }

  test("is renewed with the time of it, again and again", async () => {
    const lock = await held()
    for (const renewTime of ["1970-01-01T00:00:10.000000Z", "1970-01-01T00:00:20.000000Z"]) {
      await timer.pass(10_000)
      expect(await lock.renew()).toBeNull()
      expect(cluster.lease?.spec).toMatchObject({ renewTime, acquireTime: "1970-01-01T00:00:00.000000Z" })
    }
  })

  test("is still held when the answer to a renewal was lost", async () => {
    const lock = await held()
    cluster.losesAnswer = true
    expect(await lock.renew()).toBeNull()
    expect(await lock.renew()).toBeNull()
    await lock.release()
    expect(cluster.lease).toBeNull()
  })

  test("is ours for certain until 25 s after the last write that is known of was asked for", async () => {
    const lock = lockOf()
    expect(lock.isSure()).toBe(false)
    await lock.take(new AbortController().signal)
    await timer.pass(24_999)
    expect(lock.isSure()).toBe(true)
    await timer.pass(1)
    expect(lock.isSure()).toBe(false)
    await lock.renew()
    expect(lock.isSure()).toBe(true)
    await lock.release()
    expect(lock.isSure()).toBe(false)
  })

  test("is as sure as its own last renewal whose answer was lost", async () => {
    const lock = await held()
    await timer.pass(20_000)
    renewOurs("1970-01-01T00:00:10.000000Z")
    expect(await lock.renew()).toBeNull()
    await timer.pass(14_999)
    expect(lock.isSure()).toBe(true)
    await timer.pass(1)
    expect(lock.isSure()).toBe(false)
  })

  test.each([
    ["too long ago", "1970-01-01T00:00:09.999000Z"],
    ["in the future", "1970-01-01T00:00:21.000000Z"],
    ["at no time", "soon"],
  ])("is written again where it was renewed %s", async (_, renewTime) => {
    const lock = await held()
    await timer.pass(20_000)
    renewOurs(renewTime)
    expect(await lock.renew()).toBeNull()
    expect(cluster.lease?.spec.renewTime).toBe("1970-01-01T00:00:20.000000Z")
    await timer.pass(24_999)
    expect(lock.isSure()).toBe(true)
  })

  test("that is changed under its own name all the time is not confirmed", async () => {
    const lock = await held()
    await timer.pass(20_000)
    cluster.beaten = 4
    expect(await lock.renew()).toBeNull()
    await timer.pass(20_000)
    cluster.beaten = 5
    await expect(lock.renew()).rejects.toMatchObject({ code: "LOCKED" })
    expect(lock.isSure()).toBe(true)
    await timer.pass(5_000)
    expect(lock.isSure()).toBe(false)
  })

  test("is lost to its present holder, whose name is reported without their run", async () => {
    const lock = await held()
    cluster.put({ holderIdentity: them })
    expect(await lock.renew()).toBe("bert@ci")
    cluster.lease = null
    expect(await lock.renew()).toBe("nobody")
  })

  test.each<[string, () => void]>([
    ["somebody else has it", () => cluster.put({ holderIdentity: them })],
    [
      "it was deleted",
      () => {
        cluster.lease = null
      },
    ],
  ])(
    "is not ours for certain from when it is seen that %s, however short ago it was renewed",
    async (_, take) => {
      const lock = await held()
      expect(lock.isSure()).toBe(true)
      take()
      await lock.renew()
      expect(lock.isSure()).toBe(false)
    },
  )

  test("is given back once", async () => {
    const lock = await held()
    await lock.release()
    expect(cluster.lease).toBeNull()
    cluster.put({ holderIdentity: us })
    await lock.release()
    expect(cluster.lease?.spec.holderIdentity).toBe(us)
    expect(await lock.renew()).toBe("nobody")
  })

  test("is given back though the answer to the last renewal is not known", async () => {
    const lock = await held()
    renewTheirs({ holderIdentity: us })
    await lock.release()
    expect(cluster.lease).toBeNull()
  })

  test("is left to another run that has taken it", async () => {
    const lock = await held()
    cluster.put({ holderIdentity: them })
    await lock.release()
    expect(cluster.lease?.spec.holderIdentity).toBe(them)
  })
})

test("the name of a lock is a DNS subdomain of app and environment", () => {
  expect(leaseName("Shop_API", "production-")).toBe("envseal-shop-api-production")
  expect(leaseName("a".repeat(300), "b")).toHaveLength(250)
})

test.each([
  ["bert@ci", { holderIdentity: them }],
  ["somebody else", { holderIdentity: "somebody else" }],
  ["nobody", {}],
])("%s is who has a lock of %j", (name, spec) => {
  expect(holderOf({ metadata: { name: "lock" }, spec })).toBe(name)
})
