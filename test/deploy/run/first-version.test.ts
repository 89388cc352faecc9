import { expect, test } from "vitest"
import { previousRelease, readReleases } from "../../../src/deploy/core/release.ts"
import { goodBefore } from "../../../src/deploy/core/way-back.ts"
import { LeaseLock } from "../../../src/deploy/run/lock.ts"
import { LeaseCluster } from "../../fake/lease-cluster.ts"
import { FakeTimer } from "../../fake/timer.ts"

const image = (digit: string) =>
  `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${digit.repeat(64)}`
const run = "0b1c2d3e-0000-4000-8000-000000000001"

/** As 0.1.0 wrote it on a workload after its first deploy: no entry says whether it is proven. */
const written = `[{"images":{"app":"${image("b")}"},"build":"shop:1b2c3d4e-0000-4000-8000-000000000001","commit":"1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f","secretVersion":"00000000-0000-4000-8000-000000000003","sealedAt":"2026-11-25T02:00:00.000Z","run":"${run}","at":"2026-11-25T02:03:04.000Z","by":"anna@laptop"},{"images":{"app":"${image("a")}"}}]`

test("what 0.1.0 wrote on a workload is read whole, and led back to", () => {
  const releases = readReleases({ "envseal.dev/releases": written })
  expect(releases).toHaveLength(2)
  expect(releases[0]).toMatchObject({
    ...{ images: { app: image("b") }, run, by: "anna@laptop", at: "2026-11-25T02:03:04.000Z" },
    secretVersion: "00000000-0000-4000-8000-000000000003",
  })
  expect(goodBefore({ app: image("b") }, releases, { app: image("c") })).toEqual({ app: image("b") })
  expect(previousRelease(releases, { app: image("b") })?.images).toEqual({ app: image("a") })
})

test("a lock that a run of 0.1.0 left behind is waited for, and taken over with that run's name", async () => {
  const timer = new FakeTimer()
  const cluster = new LeaseCluster()
  cluster.put({
    ...{ holderIdentity: `anna@laptop ${run}`, leaseDurationSeconds: 30, leaseTransitions: 0 },
    ...{ acquireTime: "2026-11-25T02:03:00.000000Z", renewTime: "2026-11-25T02:03:04.000000Z" },
  })
  const holder = "bert@ci 00000000-0000-4000-8000-000000000002"
  const log = { warn: () => {}, debug: () => {} }
  const lock = new LeaseLock(
    { name: "lock", holder, force: false },
    { cluster: cluster.port, clock: timer, timer, log },
  )
  const taken = lock.take(new AbortController().signal)
  await timer.pass(10_000)
  expect(cluster.lease?.spec.holderIdentity).toBe(`anna@laptop ${run}`)
  await timer.pass(30_000)
  await taken
  expect([cluster.lease?.spec.holderIdentity, lock.takenFrom]).toEqual([holder, run])
})
