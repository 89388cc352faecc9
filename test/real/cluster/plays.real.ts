import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Condition, Deployment, Job, Pod } from "../../../src/core/kubernetes.ts"
import { hangMs } from "../hang.ts"
import { type ControlPlane, startControlPlane } from "./control-plane.ts"
import { letReady } from "./held.ts"
import { imageOf, type Play, plays } from "./plays.ts"
import { crashMessage } from "./scenes.ts"
import { makeDeployment, makeJob, makePodQuota } from "./workloads.ts"

const patience = { timeout: hangMs, interval: 250 }
let folder: string
let plane: ControlPlane

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envseal-cluster-"))
  plane = await startControlPlane({ folder })
})

afterAll(async () => {
  await plane?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function onlyPod(namespace: string, app: string): Promise<Pod["status"]> {
  const [pod] = await plane.items<Pod>(["pods", "-n", namespace, "-l", `app=${app}`])
  return pod?.status
}

async function condition(namespace: string, name: string, type: string): Promise<Condition | undefined> {
  const { status } = await plane.object<Deployment>(["deployment", name, "-n", namespace])
  return status?.conditions?.find((one) => one.type === type)
}

const crashed = { exitCode: 5, reason: "Error", message: crashMessage }
const twoAtLeast = expect.toSatisfy((count: number) => count >= 2)
const backOff = { waiting: { reason: "CrashLoopBackOff" } }

/** What the one pod of a Deployment shows after a while; for a play that goes in circles, at one point of them. */
const shown: Readonly<Record<Play, Readonly<Record<string, unknown>>>> = {
  ready: { containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] },
  slow: { containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] },
  "never-ready": { phase: "Running", containerStatuses: [{ ready: false, state: { running: {} } }] },
  held: { phase: "Running", containerStatuses: [{ ready: false, state: { running: {} } }] },
  "crash-loop": {
    phase: "Running",
    containerStatuses: [
      { ready: false, restartCount: twoAtLeast, state: backOff, lastState: { terminated: crashed } },
    ],
  },
  "crash-once": {
    containerStatuses: [{ ready: true, restartCount: 1, lastState: { terminated: { exitCode: 5 } } }],
  },
  "out-of-memory": {
    containerStatuses: [
      { state: backOff, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
    ],
  },
  "init-fail": {
    phase: "Pending",
    initContainerStatuses: [
      { restartCount: twoAtLeast, state: backOff, lastState: { terminated: { exitCode: 1 } } },
    ],
    containerStatuses: [{ ready: false, state: { waiting: { reason: "PodInitializing" } } }],
  },
  "image-pull": {
    phase: "Pending",
    containerStatuses: [{ ready: false, state: { waiting: { reason: "ImagePullBackOff" } } }],
  },
  "image-name": { containerStatuses: [{ state: { waiting: { reason: "InvalidImageName" } } }] },
  "config-missing": {
    containerStatuses: [
      { state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "shop" not found' } } },
    ],
  },
}

describe("the pods of an image", () => {
  beforeAll(async () => {
    await plane.namespace("plays")
    const deployments = plays.map((play) => {
      const initImage = play === "init-fail" ? imageOf(play) : imageOf("ready")
      return makeDeployment({ namespace: "plays", name: play, image: imageOf(play, 7), initImage })
    })
    await plane.apply(...deployments)
  })

  test.each(plays)("play %s", async (play) => {
    await expect.poll(() => onlyPod("plays", play), patience).toMatchObject(shown[play])
  })

  test("have a warning among the events when they cannot start", async () => {
    const events = await plane.items<{ type: string; reason: string; involvedObject: { name: string } }>([
      ...["events", "-n", "plays", "--field-selector", "type=Warning"],
    ])
    const of = (play: Play) =>
      events.filter(({ involvedObject }) => involvedObject.name.startsWith(`${play}-`))
    expect(of("image-pull").map(({ reason }) => reason)).toContain("Failed")
    expect(of("crash-loop").map(({ reason }) => reason)).toContain("BackOff")
    expect(of("ready")).toEqual([])
  })

  test("become ready one by one when they are held, as the test says", async () => {
    const target = { namespace: "plays", app: "held" }
    await plane.read(["scale", "deployment/held", "--replicas=5", "-n", "plays"])
    const usher = new AbortController()
    const letting = letReady(plane, target, 2, usher.signal)
    const ready = async () =>
      (await plane.object<Deployment>(["deployment/held", "-n", "plays"])).status?.readyReplicas
    await expect.poll(ready, patience).toBe(3)
    await sleep(1_000)
    usher.abort()
    await letting
    expect(await ready()).toBe(3)
  })
})

test("A Job ends well or badly, as its image says.", async () => {
  await plane.namespace("jobs")
  await plane.apply(
    makeJob({ namespace: "jobs", name: "good", image: imageOf("ready") }),
    makeJob({ namespace: "jobs", name: "bad", image: imageOf("crash-loop") }),
  )
  const ended = async (name: string) => {
    const { status } = await plane.object<Job>(["job", name, "-n", "jobs"])
    return status?.conditions?.map(({ type }) => type)
  }
  await expect.poll(() => ended("good"), patience).toContain("Complete")
  await expect.poll(() => ended("bad"), patience).toContain("Failed")
  const bad = await onlyPod("jobs", "bad")
  expect(bad).toMatchObject({ phase: "Failed", containerStatuses: [{ state: { terminated: crashed } }] })
})

test("Pods over a quota are refused, and the Deployment says so.", async () => {
  await plane.namespace("small")
  await plane.apply(makePodQuota("small", 2))
  await plane.apply(makeDeployment({ namespace: "small", name: "web", image: imageOf("ready"), replicas: 4 }))
  await expect
    .poll(() => condition("small", "web", "ReplicaFailure"), patience)
    .toMatchObject({
      status: "True",
      reason: "FailedCreate",
      message: expect.stringContaining("exceeded quota: pods"),
    })
})
