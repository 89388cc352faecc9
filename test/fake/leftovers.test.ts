import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { startFakeAws } from "./aws/client.ts"
import { send } from "./aws/http.ts"
import { defaultWorld, withSecret } from "./aws/world.ts"
import { deployment, startFakeKubernetes } from "./kubernetes/client.ts"

// Tests of one process follow one another with fakes in that process.

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] })
})
afterEach(() => {
  vi.useRealTimers()
})

test("a fake AWS that was stopped leaves no timer and no server", async () => {
  const aws = await startFakeAws()
  await aws.fail({ with: "drip" })
  const dripping = expect(send(aws.url)).rejects.toThrow()
  while ((await aws.requests()).length === 0) {}
  expect(vi.getTimerCount()).toBe(1)
  await aws.stop()
  await dripping
  expect(vi.getTimerCount()).toBe(0)
  await expect(send(aws.url)).rejects.toMatchObject({ code: "ECONNREFUSED" })
})

test("a fake cluster that was stopped in the midst of a rollout leaves no timer", async () => {
  const cluster = await startFakeKubernetes({ namespaces: ["shop"] })
  await cluster.create(deployment("web", { image: "shop:1", replicas: 3 }))
  while ((await cluster.list("pods")).length === 0) await vi.advanceTimersByTimeAsync(1)
  expect(vi.getTimerCount()).toBeGreaterThan(0)
  await cluster.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test("a fake AWS knows nothing of the one before it, and does not share its world with who gave it", async () => {
  const first = await startFakeAws()
  await send(first.url)
  await first.fail({ with: "throttle" })
  await first.advance(3600)
  await first.setWorld(withSecret(defaultWorld, "shop/production", { description: "changed" }))
  await first.stop()
  await using second = await startFakeAws()
  expect(await second.world()).toEqual(defaultWorld)
  expect(await second.requests()).toEqual([])
  expect(await second.builds()).toEqual([])
  expect((await send(second.url)).status).toBe(400)
  expect(await second.advance(0)).toBeLessThan(Date.now() + 3_600_000)
})

test("a fake cluster knows nothing of the one before it", async () => {
  const first = await startFakeKubernetes({ namespaces: ["shop"], users: { deployer: { rules: [] } } })
  await first.create(deployment("web", { image: "shop:1", replicas: 1 }))
  await first.play("shop:1", "crash-loop")
  await first.fail({ with: "hang" })
  await first.stop()
  await using second = await startFakeKubernetes({ namespaces: ["shop"] })
  for (const resource of ["deployments", "replicasets", "pods", "events"] as const) {
    expect(await second.list(resource)).toEqual([])
  }
  expect(await second.requests()).toEqual([])
  expect(await second.watches()).toBe(0)
  expect(second.ca).not.toBe(first.ca)
  await expect(second.token("deployer")).rejects.toThrow("no user deployer")
})
