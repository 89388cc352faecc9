import { describe, expect, test } from "vitest"
import type { Pod } from "../../../src/core/kubernetes.ts"
import { oldestUnready } from "../../../src/deploy/core/unready.ts"
import { Course, viewOfPods, watching } from "./course.ts"
import { deployment, nowhere, oldImage, pod, target } from "./scene.ts"

function aged(name: string, minute: number, change: Parameters<typeof pod>[1] = { ready: false }): Pod {
  const one = pod(name, change)
  const creationTimestamp = `2026-01-02T03:${String(minute).padStart(2, "0")}:00Z`
  return { ...one, metadata: { ...one.metadata, creationTimestamp } }
}

const look = (...pods: readonly Pod[]) => oldestUnready(target({ stage: "forward" }), viewOfPods(pods))

describe("the pod that has waited longest to be ready", () => {
  test("is the oldest of the new image, with the container that is not ready", () => {
    const found = look(aged("young", 9), aged("oldest", 1), aged("middle", 5), aged("ready", 0, {}))
    expect(found).toMatchObject({ pod: "oldest", podUid: "uid-oldest", container: "app", exitCode: null })
  })

  test.each([
    ["is of the old image", aged("a", 1, { image: oldImage, ready: false })],
    ["is ending", aged("a", 1, { ready: false, ending: true })],
    ["is over", aged("a", 1, { ready: false, phase: "Failed" })],
    ["is ready", aged("a", 1, {})],
    ["belongs to another workload", aged("a", 1, { ready: false, owner: "uid-other" })],
  ])("is none that %s", (_, one) => {
    expect(look(one)).toBeNull()
  })

  test("is not known while nothing is seen of its workload", () => {
    expect(oldestUnready(target(), null)).toBeNull()
    expect(oldestUnready(target(), nowhere)).toBeNull()
  })

  test("is looked at when a rollout stands still, with what its condition says", () => {
    const one = aged("web-1", 1)
    const condition = {
      ...({ type: "Ready", status: "False", reason: "ContainersNotReady" } as const),
      message: "containers with unready status: [app]",
    }
    const unready = { ...one, status: { ...one.status, conditions: [condition] } }
    const view = viewOfPods([aged("web-0", 0, {}), unready])
    const watch = watching().sees(0, view).sees(600, view)
    expect(watch.done).toContain("examine")
    expect(watch.state.setback).toMatchObject({
      failure: {
        message:
          "deployment/web: pod web-1, container app: Stalled: nothing moved for 600 s; it waits for 1 new pod to be available: containers with unready status: [app]",
        hint: "what does its readiness probe ask for, and what does the app answer? kubectl describe pod",
      },
      trouble: { pod: "web-1", container: "app" },
    })
  })
})

test("a Deployment that somebody paused while it rolled out is reported as paused", () => {
  const view = viewOfPods([pod("web-0")])
  const workloads = view.workloads.map((one) =>
    one.kind === "Deployment" ? { ...one, spec: { ...one.spec, paused: true } } : one,
  )
  const paused = { ...view, workloads }
  const { setback } = watching().sees(0, paused).sees(600, paused).state
  expect(setback?.failure.message).toBe(
    "deployment/web: Stalled: nothing moved for 600 s; it waits for somebody to resume it, since it was paused: kubectl rollout resume deployment/web",
  )
})

test("a Deployment that is still paused while it goes back is reported as paused", () => {
  const live = deployment(1, { availableReplicas: 0 }, oldImage)
  const workloads = [{ ...live, spec: { ...live.spec, paused: true } }]
  const view = { ...nowhere, workloads, pods: [pod("web-0", { image: oldImage, ready: false })] }
  const { phase } = new Course("reverting", {}).sees(0, view).sees(600, view).state
  expect(phase).toMatchObject({
    ending: {
      failure: {
        code: "ROLLBACK_FAILED",
        message: expect.stringMatching(/before: it waits for somebody to resume it, since it was paused/),
      },
    },
  })
})
