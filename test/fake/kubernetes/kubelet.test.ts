import { describe, expect, test } from "vitest"
import { deployment, type Shape } from "./manifest.ts"
import type { Play } from "./play.ts"
import type { ContainerStatus } from "./pod.ts"
import { isReady } from "./pod-status.ts"
import { Stage } from "./stage.ts"

/** A Deployment of an image with that play. */
function perform(play: Play, shape: Partial<Shape> = {}): Stage {
  const stage = new Stage({ "shop:1": play })
  stage.create(deployment("web", { image: "shop:1", ...shape }))
  return stage
}

/** What the first container of the first pod comes to, each state once. */
function history(stage: Stage, ms: number, stepMs = 5): readonly string[] {
  const seen = new Set<string>()
  for (let time = 0; time < ms; time += stepMs) {
    stage.clock.advance(stepMs)
    const status = container(stage)
    if (status !== undefined) seen.add(stateOf(status))
  }
  return [...seen]
}

function stateOf({ state, ready, restartCount }: ContainerStatus): string {
  const { waiting, running, terminated } = state
  const name = waiting?.reason ?? (running === undefined ? `exit ${terminated?.exitCode}` : "Running")
  return `${name} ${ready ? "ready" : "unready"} ${restartCount}`
}

const pod = (stage: Stage) => stage.pods[0]
const container = (stage: Stage) => pod(stage)?.status.containerStatuses?.[0]
const init = (stage: Stage) => pod(stage)?.status.initContainerStatuses?.[0]

test("ready: the pod is scheduled, starts and is ready", () => {
  const stage = perform({ do: "ready" })
  expect(history(stage, 400)).toEqual(["ContainerCreating unready 0", "Running unready 0", "Running ready 0"])
  expect(pod(stage)?.spec.nodeName).toBe("node-1")
  expect(pod(stage)?.status).toMatchObject({ phase: "Running" })
})

test("slow: is ready ten times later", () => {
  const stage = perform({ do: "slow" })
  stage.clock.advance(1400)
  expect(stage.pods.filter(isReady)).toEqual([])
  stage.clock.advance(300)
  expect(stage.pods.filter(isReady)).toHaveLength(1)
})

test("never-ready: runs, and its probe fails, which is reported again and again", () => {
  const stage = perform({ do: "never-ready" })
  expect(history(stage, 1000)).toEqual(["ContainerCreating unready 0", "Running unready 0"])
  const event = stage.cluster.store.list("events").find(({ reason }) => reason === "Unhealthy")
  expect(event?.count).toBeGreaterThan(3)
})

test("some-never-ready: so many pods of a workload, also when they are made again", () => {
  const stage = perform({ do: "some-never-ready", count: 2 }, { replicas: 5 })
  stage.clock.advance(1000)
  expect(stage.pods.filter(isReady)).toHaveLength(3)
  for (const one of stage.pods.filter((one) => !isReady(one))) stage.cluster.pods.delete(one)
  stage.clock.advance(1000)
  expect(stage.pods.filter(isReady)).toHaveLength(3)
})

describe("image-pull", () => {
  test("fails, and is backed off, with the image in its message", () => {
    const stage = perform({ do: "image-pull" })
    expect(history(stage, 150)).toEqual([
      "ContainerCreating unready 0",
      "ErrImagePull unready 0",
      "ImagePullBackOff unready 0",
    ])
    expect(container(stage)?.state.waiting?.message).toContain('Back-off pulling image "shop:1"')
    expect(pod(stage)?.status.phase).toBe("Pending")
    expect(stage.happenings).toContain("Warning Failed")
    expect(stage.happenings).toContain("Warning BackOff")
  })

  test("works after so many times", () => {
    const stage = perform({ do: "image-pull", count: 1 })
    stage.clock.advance(1000)
    expect(stateOf(container(stage) as ContainerStatus)).toBe("Running ready 0")
  })

  test("waits for another reason for ever", () => {
    const stage = perform({ do: "image-pull", reason: "InvalidImageName" })
    expect(history(stage, 3000)).toEqual(["ContainerCreating unready 0", "InvalidImageName unready 0"])
  })

  test("comes first in the init container of that image", () => {
    const stage = perform({ do: "image-pull" }, { init: { open: "shop:1" } })
    stage.clock.advance(150)
    expect(init(stage)?.state.waiting?.reason).toBe("ImagePullBackOff")
    expect(container(stage)?.state.waiting?.reason).toBe("PodInitializing")
  })
})

test("config-missing: waits, with what is missing", () => {
  const stage = perform({ do: "config-missing", message: 'secret "shop-env" not found' })
  stage.clock.advance(5000)
  expect(container(stage)?.state).toEqual({
    waiting: { reason: "CreateContainerConfigError", message: 'secret "shop-env" not found' },
  })
})

describe("crash-loop", () => {
  const message = "envseal: error: access denied [ACCESS_DENIED]"

  test("ends, starts again soon, then is backed off for longer and longer", () => {
    const stage = perform({ do: "crash-loop", exitCode: 77, message })
    expect(history(stage, 600)).toEqual([
      "ContainerCreating unready 0",
      "Running unready 0",
      "exit 77 unready 0",
      "Running unready 1",
      "exit 77 unready 1",
      "CrashLoopBackOff unready 1",
      "Running unready 2",
      "exit 77 unready 2",
      "CrashLoopBackOff unready 2",
      "Running unready 3",
      "exit 77 unready 3",
      "CrashLoopBackOff unready 3",
    ])
    expect(container(stage)?.lastState.terminated).toMatchObject({ exitCode: 77, reason: "Error", message })
    expect(stage.happenings).toContain("Warning BackOff")
  })

  test("is ready meanwhile when it runs for a time", () => {
    const stage = perform({ do: "crash-loop", runMs: 100 })
    expect(history(stage, 300)).toContain("Running ready 0")
  })

  test("is the main container's, not the init container's of that image", () => {
    const stage = perform({ do: "crash-loop" }, { init: { open: "shop:1" } })
    stage.clock.advance(600)
    expect(init(stage)?.state.terminated?.exitCode).toBe(0)
    expect(container(stage)?.restartCount).toBeGreaterThan(0)
  })
})

test("crash-once: is ready in its second run", () => {
  const stage = perform({ do: "crash-once", exitCode: 2 })
  expect(history(stage, 600).at(-1)).toBe("Running ready 1")
  expect(container(stage)?.lastState.terminated?.exitCode).toBe(2)
})

test("init-fail: the init container crashes, and the main one never starts", () => {
  const stage = perform({ do: "init-fail", exitCode: 78 }, { init: { open: "shop:1" } })
  stage.clock.advance(1000)
  expect(init(stage)?.state.waiting?.reason).toBe("CrashLoopBackOff")
  expect(init(stage)?.lastState.terminated?.exitCode).toBe(78)
  expect(container(stage)?.state).toEqual({ waiting: { reason: "PodInitializing" } })
  expect(pod(stage)?.status.conditions).toContainEqual(
    expect.objectContaining({ type: "Initialized", status: "False" }),
  )
})

test("job-fail: is ready in what is no Job's pod", () => {
  const stage = perform({ do: "job-fail" })
  stage.clock.advance(500)
  expect(stage.pods.filter(isReady)).toHaveLength(1)
})

test("unschedulable: has no node, and goes at once when it is deleted", () => {
  const stage = perform({ do: "unschedulable" })
  stage.clock.advance(1000)
  expect(pod(stage)?.spec.nodeName).toBeUndefined()
  expect(pod(stage)?.status.conditions).toMatchObject([
    { type: "PodScheduled", status: "False", reason: "Unschedulable" },
  ])
  expect(stage.happenings).toContain("Warning FailedScheduling")
  stage.patch("deployments", "web", { spec: { replicas: 0 } })
  stage.clock.advance(15)
  expect(stage.pods).toEqual([])
})

test("a pod that is deleted is there until it has stopped, and does nothing more", () => {
  const stage = perform({ do: "crash-loop" })
  stage.clock.advance(300)
  stage.patch("deployments", "web", { spec: { replicas: 0 } })
  stage.clock.advance(20)
  const before = pod(stage)
  expect(before?.metadata.deletionTimestamp).toBeDefined()
  stage.clock.advance(40)
  expect(pod(stage)).toEqual(before)
  stage.clock.advance(60)
  expect(stage.pods).toEqual([])
})
