import fc from "fast-check"
import { expect, test } from "vitest"
import { type Limits, limitsOf, newReplicas, oldReplicas, type Share } from "./rollout-scale.ts"

test.each([
  [4, "25%", "25%", 1, 1],
  [3, "25%", "25%", 1, 0],
  [1, "25%", "25%", 1, 0],
  [10, 2, "50%", 2, 5],
  [2, 0, "25%", 0, 1],
  [3, 0, 10, 0, 3],
])("of %i pods, %s more and %s fewer are %i and %i", (replicas, maxSurge, maxUnavailable, surge, fewer) => {
  const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } }
  const spec = { replicas, strategy } as Parameters<typeof limitsOf>[0]
  expect(limitsOf(spec)).toEqual({ replicas, maxSurge: surge, maxUnavailable: fewer })
})

const limits: fc.Arbitrary<Limits> = fc
  .record({ replicas: fc.nat(20), maxSurge: fc.nat(5), maxUnavailable: fc.nat(5) })
  .map((one) => ({
    ...one,
    maxUnavailable: Math.min(
      one.replicas,
      one.maxSurge === 0 ? Math.max(1, one.maxUnavailable) : one.maxUnavailable,
    ),
  }))

test("a rollout in which pods come up ends, and keeps its limits on the way", () => {
  fc.assert(
    fc.property(limits, (limit) => {
      let fresh: Share = { name: "new", replicas: 0, available: 0 }
      let old: Share = { name: "old", replicas: limit.replicas, available: limit.replicas }
      for (let round = 0; round < 50; round++) {
        fresh = { ...fresh, replicas: newReplicas(limit, fresh.replicas, [fresh, old]) }
        expect(fresh.replicas + old.replicas).toBeLessThanOrEqual(limit.replicas + limit.maxSurge)
        const [replicas = 0] = oldReplicas(limit, fresh, [old])
        old = { ...old, replicas, available: Math.min(old.available, replicas) }
        expect(fresh.available + old.available).toBeGreaterThanOrEqual(limit.replicas - limit.maxUnavailable)
        fresh = { ...fresh, available: fresh.replicas }
      }
      expect([fresh.replicas, old.replicas]).toEqual([limit.replicas, 0])
    }),
  )
})

test("unhealthy old pods go first", () => {
  const old = [
    { name: "a", replicas: 3, available: 3 },
    { name: "b", replicas: 2, available: 0 },
  ]
  const limit = { replicas: 4, maxSurge: 1, maxUnavailable: 1 }
  expect(oldReplicas(limit, { name: "new", replicas: 0, available: 0 }, old)).toEqual([3, 0])
})
