import { describe, expect, test } from "vitest"
import type { Condition, ContainerStatus } from "../../../src/core/kubernetes.ts"
import { type Gravity, troubleOfPod } from "../../../src/deploy/core/pod-trouble.ts"
import { newImage, type PodChange, pod, waits } from "./scene.ts"

const said = "envseal: BAD_NAME: the name is bad"

const gravityOf = (change: PodChange): Gravity | undefined => troubleOfPod(pod("web-0", change))?.gravity

function ended(exitCode: number, message: string, reason = "Error"): NonNullable<ContainerStatus["state"]> {
  return { terminated: { exitCode, message, reason } }
}

/** A pod that is not ready, with this state of its container. */
const inState = (state: ContainerStatus["state"], restartCount = 0): PodChange => ({
  status: { restartCount, ...(state === undefined ? {} : { state }) },
})

describe("what a container waits for", () => {
  test.each([
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
  ])("cannot come when it is %s", (reason) => {
    expect(gravityOf(waits(reason))).toBe("fatal")
  })

  test.each(["CreatePodSandboxError", "ConfigPodSandboxError"])("may come when it is %s", (reason) => {
    expect(troubleOfPod(pod("web-0", waits(reason)))).toMatchObject({ gravity: "doubtful", unpulled: null })
  })

  test.each(["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"])(
    "may come when it is %s, and is an image that the node lacks",
    (reason) => {
      const lacking = troubleOfPod(pod("web-0", waits(reason)))
      expect(lacking).toMatchObject({ gravity: "doubtful", unpulled: newImage })
    },
  )

  test.each([
    ["ended before", waits("ImagePullBackOff", 0, 1)],
    ["was started before", waits("ImagePullBackOff", 1)],
  ])("is no image that the node lacks when it %s", (_, change) => {
    expect(troubleOfPod(pod("web-0", change))).toMatchObject({ gravity: "doubtful", unpulled: null })
  })

  test.each(["ContainerCreating", "PodInitializing", ""])("is no trouble when it is %j", (reason) => {
    expect(gravityOf(waits(reason))).toBeUndefined()
  })

  test("is reported in the words of the cluster, and with where it is", () => {
    expect(troubleOfPod(pod("web-0", waits("ErrImagePull", 0, undefined, "not found")))?.trouble).toEqual({
      ...{ reason: "ErrImagePull", message: "not found" },
      ...{ pod: "web-0", podUid: "uid-web-0", container: "app", exitCode: null, restarts: 0 },
    })
    const silent = inState({ waiting: { reason: "ErrImagePull" } })
    expect(troubleOfPod(pod("web-0", silent))?.trouble.message).toBe("")
    const mute = inState({ waiting: { reason: "InvalidImageName" } })
    expect(troubleOfPod(pod("web-0", mute))?.trouble.message).toBe("")
    const loud = waits("InvalidImageName", 0, undefined, "a b")
    expect(troubleOfPod(pod("web-0", loud))?.trouble.message).toBe("a b")
  })
})

describe("envseal open that failed", () => {
  test.each([2, 4, 5, 6])("is hopeless at once when it ended with %i", (status) => {
    expect(gravityOf(inState(ended(status, said)))).toBe("fatal")
    expect(gravityOf(waits("CrashLoopBackOff", 1, status, said))).toBe("fatal")
  })

  test.each([1, 3, 7, 8, 70, 137])("is tried again when it ended with %i", (status) => {
    expect(gravityOf(inState(ended(status, said)))).toBeUndefined()
    expect(gravityOf(waits("CrashLoopBackOff", 1, status, said))).toBe("doubtful")
  })

  test.each(["", "bye", "the app said: envseal: BAD_NAME: no", "envseal: no code"])(
    "is not what ended when it left %j",
    (message) => {
      expect(gravityOf(inState(ended(4, message)))).toBeUndefined()
    },
  )
})

describe("a container that ended", () => {
  test("well is no trouble, however often", () => {
    expect(gravityOf(inState(ended(0, said), 5))).toBeUndefined()
    expect(gravityOf(waits("CrashLoopBackOff", 5, 0))).toBeUndefined()
  })

  test.each([
    [0, undefined],
    [1, undefined],
    [2, "doubtful"],
  ])("badly and was started %i times again while it runs is %s", (restarts, gravity) => {
    const status = { restartCount: restarts, state: { running: {} }, lastState: ended(1, "") }
    expect(gravityOf({ status })).toBe(gravity)
  })

  test("now counts before how it ended the last time", () => {
    const status = { restartCount: 2, state: ended(3, "now"), lastState: ended(4, "before") }
    expect(troubleOfPod(pod("web-0", { status }))?.trouble).toMatchObject({ exitCode: 3, message: "now" })
  })

  test("is reported by what it waits for, by how it ended, or as an error", () => {
    const reasonOf = (change: PodChange) => troubleOfPod(pod("web-0", change))?.trouble.reason
    expect(reasonOf(waits("CrashLoopBackOff", 2, 1))).toBe("CrashLoopBackOff")
    expect(reasonOf(inState(ended(137, "", "OOMKilled"), 2))).toBe("OOMKilled")
    expect(reasonOf(inState({ terminated: { exitCode: 1 } }, 2))).toBe("Error")
  })

  test.each([
    ["it runs no more", inState(ended(137, "opened 48 names", "OOMKilled"), 2)],
    [
      "it waits to be started again",
      {
        status: {
          restartCount: 2,
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } },
          lastState: ended(137, "opened 48 names", "OOMKilled"),
        },
      },
    ],
  ] satisfies [string, PodChange][])(
    "is a lack of memory, whatever it left, when it was killed for that and %s",
    (_, change) => {
      const crashed = pod("web-0", change)
      expect(troubleOfPod(crashed)).toMatchObject({
        crash: true,
        trouble: { reason: "OOMKilled", message: "it took more memory than there is for it", exitCode: 137 },
      })
      const containers = crashed.spec.containers.map((one) => ({
        ...one,
        resources: { limits: { memory: "256Mi" } },
      }))
      expect(troubleOfPod({ ...crashed, spec: { ...crashed.spec, containers } })?.trouble.message).toBe(
        "it took more memory than its limit of 256Mi",
      )
    },
  )

  test("is reported with what it left, or else with what the cluster says", () => {
    const messageOf = (state: ContainerStatus["state"], lastState: ContainerStatus["lastState"]) => {
      const status = { restartCount: 2, ...(state ? { state } : {}), ...(lastState ? { lastState } : {}) }
      return troubleOfPod(pod("web-0", { status }))?.trouble.message
    }
    const waiting = { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } }
    expect(messageOf(waiting, ended(1, "no table"))).toBe("no table")
    expect(messageOf(waiting, ended(1, ""))).toBe("back-off 10s")
    expect(messageOf(waiting, { terminated: { exitCode: 1 } })).toBe("back-off 10s")
    expect(messageOf({ waiting: { reason: "CrashLoopBackOff" } }, ended(1, ""))).toBe("")
    expect(messageOf(ended(1, ""), undefined)).toBe("")
  })
})

describe("a pod", () => {
  const crashing = waits("CrashLoopBackOff", 2, 1)

  test.each<readonly [string, PodChange]>([
    ["is ready", { ...crashing, ready: true }],
    ["is being deleted", { ...crashing, ending: true }],
    ["failed", { ...crashing, phase: "Failed" }],
    ["has done its work", { ...crashing, phase: "Succeeded" }],
  ])("is in no trouble when it %s", (_, change) => {
    expect(gravityOf(crashing)).toBe("fatal")
    expect(gravityOf(change)).toBeUndefined()
  })

  function withCondition(condition: Condition) {
    const { status, ...rest } = pod("web-0", { ready: false })
    return { ...rest, status: { ...status, conditions: [condition] } }
  }

  const unschedulable = { type: "PodScheduled", status: "False", reason: "Unschedulable" } as const

  test("waits when no node has room for it, in the words of the scheduler", () => {
    const full = withCondition({ ...unschedulable, message: "0/3 nodes are available" })
    expect(troubleOfPod(full)).toEqual({
      gravity: "waiting",
      crash: false,
      unpulled: null,
      trouble: {
        ...{ reason: "Unschedulable", message: "0/3 nodes are available", pod: "web-0", podUid: "uid-web-0" },
        ...{ container: null, exitCode: null, restarts: 0 },
      },
    })
    expect(troubleOfPod(withCondition(unschedulable))?.trouble.message).toBe("")
  })

  test.each<Condition>([
    { ...unschedulable, type: "Initialized" },
    { ...unschedulable, status: "True" },
    { ...unschedulable, reason: "SchedulingGated" },
  ])("does not wait for a node when %j", (condition) => {
    expect(troubleOfPod(withCondition(condition))).toBeNull()
  })
})
