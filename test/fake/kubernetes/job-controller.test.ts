import { beforeEach, expect, test } from "vitest"
import { findCondition } from "./condition.ts"
import type { Manifest } from "./manifest.ts"
import { Stage } from "./stage.ts"

let stage: Stage
beforeEach(() => {
  stage = new Stage({
    "shop:bad": { do: "job-fail", exitCode: 3, message: "no such table" },
    "shop:slow": { do: "slow", startMs: 60_000 },
  })
})

function job(image: string, spec: Readonly<Record<string, unknown>> = {}): Manifest {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "app", image }] } }
  const metadata = { name: "migrate", namespace: "shop" }
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 0, template, ...spec } }
}

const read = () => stage.read("jobs", "migrate")
const condition = (type: string) => findCondition(read().status?.conditions, type)

test("a Job whose container ends with 0 is complete, and its pod stays", () => {
  stage.create(job("shop:1"), 500)
  expect(condition("Complete")).toMatchObject({ status: "True", reason: "CompletionsReached" })
  expect(condition("Failed")).toBeNull()
  expect(read().status).toMatchObject({ succeeded: 1 })
  expect(read().status?.active).toBeUndefined()
  const [pod] = stage.pods
  expect(pod?.status.phase).toBe("Succeeded")
  expect(pod?.metadata.labels).toMatchObject({ "job-name": "migrate" })
  expect(pod?.status.containerStatuses?.[0]?.state.terminated).toMatchObject({ exitCode: 0 })
})

test("one whose container fails has failed, with what the container said", () => {
  stage.create(job("shop:bad"), 500)
  expect(condition("Failed")).toMatchObject({ status: "True", reason: "BackoffLimitExceeded" })
  expect(read().status).toMatchObject({ failed: 1 })
  expect(stage.pods.map(({ status }) => status.phase)).toEqual(["Failed"])
  expect(stage.pods[0]?.status.containerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 3,
    message: "no such table",
  })
})

test("it is tried again as often as its limit says", () => {
  stage.create(job("shop:bad", { backoffLimit: 2 }), 3000)
  expect(stage.pods).toHaveLength(3)
  expect(condition("Failed")).toMatchObject({ reason: "BackoffLimitExceeded" })
})

test("one that takes too long fails, and its pod is stopped", () => {
  stage.create(job("shop:slow", { activeDeadlineSeconds: 60 }), 500)
  expect(condition("Failed")).toBeNull()
  expect(read().status).toMatchObject({ active: 1 })
  stage.clock.advance(500)
  expect(condition("Failed")).toMatchObject({ reason: "DeadlineExceeded" })
  expect(stage.pods).toEqual([])
})

test("it goes with its pod after its time, when it has one", () => {
  stage.create(job("shop:1", { ttlSecondsAfterFinished: 60 }), 500)
  expect(read().status).toMatchObject({ succeeded: 1 })
  stage.clock.advance(1000)
  expect(() => read()).toThrow("migrate is gone")
  expect(stage.pods).toEqual([])
})
