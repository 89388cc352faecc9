import { describe, expect, test } from "vitest"
import type { Images } from "../../../src/core/workload.ts"
import type { Happening, View } from "../../../src/deploy/core/event.ts"
import type { DeployState, Target } from "../../../src/deploy/core/state.ts"
import { Course } from "./course.ts"
import {
  broken,
  deployment,
  newImage,
  nowhere,
  oldImage,
  otherImage,
  type PodChange,
  pod,
  refused,
  statefulSet,
  target,
  template,
} from "./scene.ts"

const setback = { failure: broken, trouble: null, clues: null }
const old = { app: oldImage }
const names = ["web", "worker"] as const

/** A run that found out that its rollout fails, with its targets as they are changed here. */
function examining(changes: readonly Partial<Target>[], change: Partial<DeployState> = {}): Course {
  const targets = changes.map((one, index) =>
    target({ stage: "forward", ...one }, "Deployment", names[index] ?? "web"),
  )
  return new Course("examining", { targets, setback, ...change })
}

/** Begins to go back. */
function goesBack(changes: readonly Partial<Target>[], change: Partial<DeployState> = {}): Course {
  const clues = { workload: "deployment/web", log: [], events: [] }
  return examining(changes, change).at(1, { type: "examined", clues })
}

const restoresOf = ({ effects }: Course) =>
  effects.flatMap((effect) => (effect.do === "restore" ? [[effect.ref.name, effect.from, effect.to]] : []))

const restored = (workload: string): Happening => ({
  ...{ type: "patched", did: "restore", workload, before: null, changed: true },
  ...{ given: old },
  ...{ generation: 3, staleDeadline: "t1" },
})
const notRestored = (workload: string, foreign: boolean): Happening => ({
  ...{ type: "patch-failed", did: "restore", workload, failure: refused, foreign },
})

const endOf = ({ state: { phase } }: Course) => ("ending" in phase ? phase.ending : null)

describe("what a failed rollout goes back from", () => {
  test("is every workload that has the new image, or may have it", () => {
    const course = goesBack([{}, { stage: "unsure" }])
    const { from, to } = { from: { app: newImage }, to: old }
    expect(restoresOf(course)).toEqual([
      ["web", from, to],
      ["worker", from, to],
    ])
    expect(course.told).toContainEqual({
      type: "going-back",
      workloads: ["deployment/web", "deployment/worker"],
    })
    expect(course.state).toMatchObject({ phase: { name: "restoring" }, plan: { environment: "production" } })
    expect(course.state.targets).toMatchObject([
      { stage: "restoring", text: "deployment/web", to: { app: newImage } },
      { stage: "restoring", text: "deployment/worker" },
    ])
  })

  test.each<readonly [string, Partial<Target>]>([
    ["was not changed", { stage: "untouched" }],
    ["was changed by somebody else", { stage: "foreign" }],
    ["had the new image before", { before: { app: newImage } }],
    ["goes back to what is not known", { before: null }],
  ])("is no workload that %s", (_, change) => {
    const course = goesBack([change, {}])
    expect(restoresOf(course).map(([name]) => name)).toEqual(["worker"])
    expect(course.state.targets).toMatchObject([{ stage: change.stage ?? "forward" }, { stage: "restoring" }])
  })

  test("is no workload that was changed or deleted since it was last looked at", () => {
    const theirs = { ...nowhere, workloads: [deployment(2, {}, otherImage)] }
    const course = goesBack([{}, {}], { view: theirs })
    expect([restoresOf(course), course.phase]).toEqual([[], "closing"])
    expect(course.state.targets.map(({ verdict }) => verdict?.type)).toEqual(["foreign", "gone"])
  })
})

describe("when the answers to going back are there", () => {
  test("all are waited for, then what they became is watched", () => {
    const course = goesBack([{}, {}]).at(2, restored("deployment/web"))
    expect([course.phase, course.told]).toEqual([
      "restoring",
      [{ type: "restored", workload: "deployment/web" }],
    ])
    expect(course.at(3, restored("deployment/worker")).phase).toBe("reverting")
  })

  test("each begins again, by what it was given back", () => {
    const spent = { best: 2, sinceMs: 0, movedAtMs: 0, sightings: { "fatal p app": 0 } }
    const course = goesBack([spent]).at(2, restored("deployment/web"))
    expect(course.state.targets).toMatchObject([
      {
        ...{ stage: "back", text: "deployment/web", live: old, before: old, verdict: null, sightings: {} },
        ...{ best: 0, sinceMs: 2_000, movedAtMs: 2_000 },
        wanted: { images: old, generation: 3, staleDeadline: "t1" },
      },
    ])
  })

  test.each([
    [
      false,
      "stuck",
      "ROLLBACK_FAILED",
      "it broke; and deployment/web could not be given back what ran before: it was refused",
    ],
    [true, "foreign", "REMOTE_FAILED", "it broke"],
  ])("one that was not taken, by somebody else: %s, ends the run", (foreign, stage, code, message) => {
    const course = goesBack([{}]).at(2, notRestored("deployment/web", foreign))
    expect(course.told).toEqual([{ type: "not-restored", workload: "deployment/web", failure: refused }])
    expect(course.state.targets).toMatchObject([{ stage, to: { app: newImage } }])
    expect(endOf(course)).toMatchObject({ failure: { code, message } })
  })

  test("all that are stuck are told once the others are back", () => {
    const course = goesBack([{}, {}]).at(2, notRestored("deployment/web", false))
    course.at(3, restored("deployment/worker"))
    expect(course.phase).toBe("reverting")
    const worker = deployment(1, { observedGeneration: 3 }, oldImage)
    const metadata = { ...worker.metadata, name: "worker", generation: 3 }
    const view = {
      ...nowhere,
      workloads: [{ ...worker, metadata }],
      pods: [pod("w", { image: oldImage })],
    }
    expect(endOf(course.sees(4, view))).toMatchObject({
      failure: {
        code: "ROLLBACK_FAILED",
        message: "it broke; and deployment/web could not be given back what ran before: it was refused",
        hint: "see what runs: envseal status production",
      },
    })
  })

  test.each<readonly [string, Partial<DeployState>, object]>([
    [
      "it cannot be watched",
      { unwatchable: { ...broken, message: "no right" } },
      { failure: { message: "no right" } },
    ],
    [
      "a person ended it",
      { interrupt: "SIGINT" },
      { type: "interrupted", signal: "SIGINT", buildStopped: false },
    ],
    ["a machine ended it", { interrupt: "SIGTERM" }, { type: "interrupted", signal: "SIGTERM" }],
  ])("the run ends when %s meanwhile, and not before", (_, change, ending) => {
    const course = goesBack([{}, {}], change).at(2, restored("deployment/web"))
    expect(course.phase).toBe("restoring")
    expect(endOf(course.at(3, restored("deployment/worker")))).toMatchObject(ending)
  })
})

test("a run whose lock is lost while it goes back ends once all answers are there, and changes nothing more", () => {
  const course = goesBack([{}, {}]).at(2, restored("deployment/web"))
  course.at(3, { type: "lock-lost", holder: "bert" })
  expect(course.phase).toBe("restoring")
  course.at(4, notRestored("deployment/worker", false))
  expect(endOf(course)).toMatchObject({ failure: { code: "LOCK_LOST" } })
  expect(course.done).toEqual([])
})

/** A StatefulSet or Deployment that was given back what it had at generation 3. */
function reverting(kind: "Deployment" | "StatefulSet" = "Deployment", change: Partial<Target> = {}): Course {
  const wanted = { images: old, generation: 3, staleDeadline: null }
  const back = target({ stage: "back", wanted, ...change }, kind, "web")
  return new Course("reverting", { targets: [back], setback })
}

function viewOf(
  images: Images,
  pods: readonly PodChange[],
  kind = "Deployment",
  observedGeneration = 3,
): View {
  const status = { observedGeneration, currentRevision: "a" }
  const live = kind === "Deployment" ? deployment(pods.length, status) : statefulSet(pods.length, status)
  const metadata = { ...live.metadata, generation: 3 }
  const workload = { ...live, metadata, spec: { ...live.spec, template: template(images) } } as typeof live
  return { ...nowhere, workloads: [workload], pods: pods.map((one, index) => pod(`web-${index}`, one)) }
}

const oldPod = { image: oldImage }
const slowPod = { image: oldImage, ready: false }

describe("going back", () => {
  test("is over once all that was given back is proven", () => {
    const course = reverting().sees(1, viewOf(old, [oldPod, slowPod]))
    expect(course.phase).toBe("reverting")
    expect(endOf(course.sees(2, viewOf(old, [oldPod, oldPod])))).toEqual({ type: "failed", ...setback })
  })

  test("is not judged while the cluster is not seen", () => {
    const course = reverting()
      .sees(1, viewOf(old, [oldPod, slowPod]))
      .loses(2)
    expect(course.waits(599).phase).toBe("reverting")
    expect(reverting().waits(599).phase).toBe("reverting")
  })

  test("leaves what somebody else has changed meanwhile, and tells what it went back for", () => {
    const course = reverting().sees(1, viewOf({ app: otherImage }, [oldPod]))
    expect(endOf(course)).toEqual({ type: "failed", ...setback })
    expect(course.state.targets).toMatchObject([{ stage: "foreign", text: "deployment/web" }])
  })

  test("is over when its workload was deleted", () => {
    expect(endOf(reverting().sees(1, nowhere))).toEqual({ type: "failed", ...setback })
  })

  test("still waits for the others when one is somebody else's", () => {
    const wanted = { images: old, generation: 3, staleDeadline: null }
    const targets = names.map((name) => target({ stage: "back", wanted }, "Deployment", name))
    const course = new Course("reverting", { targets, setback })
    course.sees(1, viewOf(old, [slowPod]))
    expect([course.phase, course.state.targets.map(({ stage }) => stage)]).toEqual([
      "reverting",
      ["back", "foreign"],
    ])
  })

  test("fails when nothing moves for as long as a rollout may stand still", () => {
    const slow = viewOf(old, [oldPod, slowPod])
    const course = reverting().sees(1, slow)
    expect(course.sees(600.999, slow).phase).toBe("reverting")
    expect(endOf(course.sees(601, slow))).toMatchObject({
      failure: {
        code: "ROLLBACK_FAILED",
        message:
          "it broke; and deployment/web did not come back to what it ran before: it waits for 1 new pod to be ready",
        hint: "look at it: kubectl rollout status deployment/web",
      },
    })
  })

  test("fails when its pods get ready in turns for too long", () => {
    const slow = viewOf(old, [slowPod])
    const course = reverting().sees(700, slow)
    expect(course.sees(1_199.999, slow).phase).toBe("reverting")
    expect(endOf(course.sees(1_200, slow))).toMatchObject({ failure: { code: "ROLLBACK_FAILED" } })
  })
})

describe("a StatefulSet that goes back", () => {
  const failing = { ready: false }
  const sees = (seconds: number, pods: readonly PodChange[], course = reverting("StatefulSet")) =>
    course.sees(seconds, viewOf(old, pods, "StatefulSet"))

  test("has the pods of the failed release deleted that are not ready, once each", () => {
    const course = sees(1, [oldPod, failing])
    expect(course.effects).toContainEqual({ do: "delete-pod", name: "web-1", uid: "uid-web-1" })
    expect(course.told).toContainEqual({
      type: "pod-replaced",
      workload: "statefulset/web",
      pod: "web-1",
    })
    expect(course.state.targets).toMatchObject([{ deleted: ["uid-web-1"], stage: "back" }])
    expect(sees(2, [oldPod, failing], course).done).toEqual([])
    expect(sees(3, [failing, failing], course).effects).toContainEqual(
      expect.objectContaining({ do: "delete-pod", name: "web-0" }),
    )
    expect(course.state.targets).toMatchObject([{ deleted: ["uid-web-1", "uid-web-0"] }])
  })

  test.each<readonly [string, PodChange]>([
    ["is ready", { ready: true }],
    ["is ending already", { ready: false, ending: true }],
    ["is of the release before", slowPod],
    ["is of another image", { image: otherImage, ready: false }],
    ["is of another workload", { ready: false, owner: "uid-other" }],
  ])("keeps a pod that %s", (_, change) => {
    expect(sees(1, [slowPod, change]).done).toEqual([])
  })

  test("has no pod deleted before its controller knows what it goes back to", () => {
    const view = viewOf(old, [slowPod, failing], "StatefulSet", 2)
    const course = reverting("StatefulSet").sees(1, view)
    expect(course.done).toEqual([])
    const live = view.workloads[0]
    const unknown = live === undefined ? [] : [{ ...live, status: undefined }]
    expect(course.sees(2, { ...view, workloads: unknown as unknown as View["workloads"] }).done).toEqual([])
  })

  test("is the only kind whose pods have to be deleted", () => {
    expect(reverting().sees(1, viewOf(old, [oldPod, failing])).done).toEqual([])
  })
})
