import { describe, expect, test } from "vitest"
import type { Workload } from "../../../src/core/kubernetes.ts"
import { judge, type Sightings } from "../../../src/deploy/core/judge.ts"
import { unpullable } from "../../../src/deploy/core/pod-trouble.ts"
import {
  type Assessment,
  assess,
  deadlineOf,
  pullsIn,
  type Wanted,
} from "../../../src/deploy/core/rollout.ts"
import type { Verdict } from "../../../src/deploy/core/verdict.ts"
import {
  cronJob,
  daemonSet,
  deployment,
  newImage,
  oldImage,
  otherImage,
  type PodChange,
  pod,
  statefulSet,
  waits,
} from "./scene.ts"

const wanted: Wanted = { images: { app: newImage }, generation: 2, staleDeadline: null }
const running = [pod("a"), pod("b")]
const slow = [pod("a"), pod("b", { ready: false })]

interface Look {
  readonly pods?: readonly ReturnType<typeof pod>[]
  readonly wanted?: Partial<Wanted>
}

/** Judges a workload that is the only one. */
function judgeAlone(assessment: Assessment, before: Sightings, nowMs: number) {
  return judge(assessment, before, nowMs, unpullable(pullsIn(assessment)))
}

function verdict(workload: Workload | null, { pods = running, wanted: change = {} }: Look = {}): Verdict {
  return judgeAlone(assess(workload, { replicaSets: [], pods }, { ...wanted, ...change }), {}, 0).verdict
}

/** What is said when the objects stay as they are for so long. */
function lasting(workload: Workload, pods: readonly ReturnType<typeof pod>[], forMs: number): Verdict {
  const assessment = assess(workload, { replicaSets: [], pods }, wanted)
  const first = judgeAlone(assessment, {}, 1_000)
  return judgeAlone(assessment, first.sightings, 1_000 + forMs).verdict
}

const unready = { readyReplicas: 1, availableReplicas: 1 }

function waitsFor(found: Verdict): string | null {
  return found.type === "progressing" ? found.waitsFor : null
}

describe("a rollout", () => {
  const done: readonly (readonly [string, Workload])[] = [
    ["Deployment", deployment()],
    ["StatefulSet", statefulSet()],
    ["DaemonSet", daemonSet()],
  ]

  test.each(done)("of a %s is done when controller and pods agree", (_, workload) => {
    const counts = { total: 2, updated: 2, ready: 2, old: 0 }
    expect(verdict(workload)).toEqual({ type: "done", counts, note: null })
  })

  test.each(done)(
    "of a %s is not done while a pod is not ready, whatever its controller says",
    (_, workload) => {
      expect(waitsFor(verdict(workload, { pods: slow }))).toBe("1 new pod to be ready")
      expect(waitsFor(verdict(workload, { pods: [] }))).toBe("2 more new pods")
    },
  )

  test.each(done)(
    "of a %s is not done while an old pod is there, but one that ends does not count",
    (_, workload) => {
      const old = pod("c", { image: oldImage })
      expect(waitsFor(verdict(workload, { pods: [...running, old] }))).toBe("1 old pod to end")
      const ending = pod("c", { image: oldImage, ending: true })
      expect(verdict(workload, { pods: [...running, ending] }).type).toBe("done")
    },
  )

  test.each(done)("of a %s says nothing yet when the generation is not observed", (_, workload) => {
    const stale = {
      ...workload,
      status: { ...("status" in workload ? workload.status : {}), observedGeneration: 1 },
    }
    expect(waitsFor(verdict(stale as Workload))).toBe("its controller to see the change")
  })

  test.each(done)("of a %s says nothing yet when the view is older than the patch", (_, workload) => {
    const look = { wanted: { generation: 3, images: { app: otherImage } } }
    expect(waitsFor(verdict(workload, look))).toBe("the change to be seen")
  })

  test.each(done)("of a %s is foreign when somebody gave it another image", (_, workload) => {
    const look = { wanted: { images: { app: otherImage } } }
    expect(verdict(workload, look)).toMatchObject({ type: "foreign", images: [newImage] })
  })

  test.each(done)("of a %s is not done when its status is missing", (_, workload) => {
    const { status: _status, ...bare } = { status: null, ...workload }
    expect(verdict(bare as Workload).type).toBe("progressing")
  })

  test.each(done)("of a %s does not count pods that were evicted", (_, workload) => {
    const evicted = pod("c", { image: oldImage, phase: "Failed", ready: false })
    expect(verdict(workload, { pods: [...running, evicted] }).type).toBe("done")
  })

  test("does not count the pods of others", () => {
    const others = pod("c", { image: oldImage, owner: "uid-other" })
    expect(verdict(deployment(), { pods: [...running, others] }).type).toBe("done")
  })

  test("of a Deployment has the pods of its ReplicaSets", () => {
    const owned = [pod("a", { owner: "uid-set" }), pod("b", { owner: "uid-set" })]
    const owner = { kind: "Deployment", name: "web", uid: "uid-web", controller: true }
    const metadata = { name: "set", uid: "uid-set", resourceVersion: "1", ownerReferences: [owner] }
    const around = { replicaSets: [{ metadata }], pods: owned }
    expect(assess(deployment(), around, wanted)).toMatchObject({ type: "ours", waitsFor: null })
  })

  test("is gone when the workload is, or is being deleted", () => {
    expect(verdict(null).type).toBe("gone")
    const live = deployment()
    const metadata = { ...live.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" }
    expect(verdict({ ...live, metadata }).type).toBe("gone")
  })

  test.each([
    ["Deployment", deployment(0)],
    ["StatefulSet", statefulSet(0)],
    ["DaemonSet", daemonSet(0)],
  ] as const)("of a %s without pods is done, and says that nothing is proven", (_, workload) => {
    expect(verdict(workload, { pods: [] })).toMatchObject({
      type: "done",
      note: expect.stringContaining("nothing is proven"),
    })
  })

  test("follows the replicas when they change meanwhile", () => {
    expect(waitsFor(verdict(deployment(3, { updatedReplicas: 2 })))).toBe("1 more new pod")
    expect(verdict(deployment(1, { replicas: 2, updatedReplicas: 2, availableReplicas: 2 })).type).toBe(
      "done",
    )
  })

  test("of a CronJob is done at once, and says when the image is used", () => {
    expect(verdict(cronJob(), { pods: [] })).toMatchObject({ type: "done", note: "its next run will use it" })
    expect(verdict(cronJob(true), { pods: [] })).toMatchObject({ type: "done", note: "it is suspended" })
    expect(verdict(cronJob(false, oldImage), { pods: [] }).type).toBe("foreign")
  })

  test.each([
    [deployment(2, { updatedReplicas: 1 }), "1 more new pod"],
    [deployment(2, { replicas: 3 }), "1 old pod to end"],
    [deployment(2, { availableReplicas: 1 }), "1 new pod to be available"],
    [statefulSet(2, { updatedReplicas: 1, currentRevision: "a" }), "1 more new pod"],
    [statefulSet(2, { readyReplicas: 1 }), "1 pod to be ready"],
    [statefulSet(2, { availableReplicas: 0 }), "2 pods to be available"],
    [statefulSet(2, { currentRevision: "a" }), "its controller to finish the revision"],
    [daemonSet(2, { updatedNumberScheduled: 0 }), "2 more new pods"],
    [daemonSet(2, { numberAvailable: 1 }), "1 pod to be available"],
  ] as const)("waits as kubectl does (%#)", (workload, text) => {
    expect(waitsFor(verdict(workload))).toBe(text)
  })
})

describe("a deadline that was exceeded", () => {
  const exceeded = (lastUpdateTime: string) =>
    deployment(2, {
      ...unready,
      conditions: [
        { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", lastUpdateTime },
      ],
    })

  test("dooms at once when it is this rollout's", () => {
    expect(verdict(exceeded("t2"), { pods: slow, wanted: { staleDeadline: "t1" } })).toMatchObject({
      type: "doomed",
      trouble: { reason: "ProgressDeadlineExceeded", pod: null },
    })
  })

  test("says nothing when it is the one of the rollout before", () => {
    const before = exceeded("t1")
    expect(deadlineOf(before)).toBe("t1")
    expect(verdict(before, { pods: slow, wanted: { staleDeadline: "t1" } }).type).toBe("progressing")
  })

  test("is told by the pod that is the reason, where there is one", () => {
    const pods = [pod("a"), pod("b", { ready: false, unschedulable: true })]
    expect(verdict(exceeded("t2"), { pods })).toMatchObject({
      type: "doomed",
      trouble: { reason: "Unschedulable", pod: "b", pods: 1 },
    })
  })

  test("is not known of a workload that has none", () => {
    expect(deadlineOf(deployment())).toBeNull()
    expect(deadlineOf(statefulSet())).toBeNull()
  })
})

describe("a quota that refuses pods", () => {
  const condition = {
    type: "ReplicaFailure",
    status: "True",
    reason: "FailedCreate",
    message: "exceeded quota",
  } as const
  const refused = deployment(2, { updatedReplicas: 1, ...unready, conditions: [condition] })

  test("is told at once, and believed once it has lasted", () => {
    const early = lasting(refused, [pod("a")], 29_999)
    expect(early).toMatchObject({ type: "progressing", troubles: [{ reason: "FailedCreate" }] })
    const late = lasting(refused, [pod("a")], 30_000)
    expect(late).toMatchObject({
      type: "doomed",
      trouble: { reason: "FailedCreate", message: "exceeded quota" },
    })
  })

  test("is what a deadline that is exceeded is told by", () => {
    const deadline = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" } as const
    const both = deployment(2, { updatedReplicas: 1, ...unready, conditions: [deadline, condition] })
    expect(verdict(both, { pods: [pod("a")] })).toMatchObject({
      type: "doomed",
      trouble: { reason: "FailedCreate", message: "exceeded quota" },
    })
  })
})

interface Case {
  readonly when: string
  readonly pods: readonly PodChange[]
  /** After how long it is doomed; `null` for never. */
  readonly doomedMs: number | null
  readonly reason?: string
}

const opening = "envseal: ACCESS_DENIED: kms refused the key"
const runningAgain = (restartCount: number, exitCode: number): PodChange => ({
  status: {
    restartCount,
    state: { running: {} },
    lastState: { terminated: { exitCode, reason: "Error" } },
  },
})

const cases: readonly Case[] = [
  { when: "the image's name is invalid", pods: [waits("InvalidImageName")], doomedMs: 10_000 },
  { when: "a Secret is missing", pods: [waits("CreateContainerConfigError")], doomedMs: 10_000 },
  { when: "one pod cannot pull its image", pods: [waits("ImagePullBackOff")], doomedMs: 30_000 },
  {
    when: "two pods on two nodes cannot pull it",
    pods: [waits("ErrImagePull"), { ...waits("ImagePullBackOff"), node: "node-2" }],
    doomedMs: 10_000,
  },
  {
    when: "two pods on one node cannot pull it",
    pods: [waits("ErrImagePull"), waits("ImagePullBackOff")],
    doomedMs: 30_000,
  },
  { when: "it crashed once and waits", pods: [waits("CrashLoopBackOff", 1, 1)], doomedMs: 30_000 },
  { when: "it crashed twice and waits", pods: [waits("CrashLoopBackOff", 2, 1)], doomedMs: 10_000 },
  { when: "it crashed once and runs again", pods: [runningAgain(1, 1)], doomedMs: null },
  { when: "it crashed often and runs again", pods: [runningAgain(2, 1)], doomedMs: 30_000, reason: "Error" },
  { when: "envseal cannot open", pods: [waits("CrashLoopBackOff", 0, 5, opening)], doomedMs: 10_000 },
  { when: "envseal could try again", pods: [waits("CrashLoopBackOff", 1, 7, opening)], doomedMs: 30_000 },
  { when: "it is only slow", pods: [{ ready: false }], doomedMs: null },
  { when: "its container ended well", pods: [waits("PodInitializing", 0, 0)], doomedMs: null },
  { when: "no node has room", pods: [{ ready: false, unschedulable: true }], doomedMs: null },
  {
    when: "it is being deleted",
    pods: [{ ...waits("CrashLoopBackOff", 5, 1), ending: true }],
    doomedMs: null,
  },
  {
    when: "the pod is of the old image",
    pods: [{ ...waits("ImagePullBackOff"), image: oldImage }],
    doomedMs: null,
  },
]

describe("a CronJob that starts no Job beside another one", () => {
  const active = [{ name: "web-1", uid: "uid-job" }]
  const forbid = (concurrencyPolicy: string) => {
    const live = cronJob()
    return { ...live, spec: { ...live.spec, concurrencyPolicy }, status: { active } }
  }
  const noteOf = (policy: string, change: PodChange) => {
    const found = verdict(forbid(policy), { pods: [pod("p", { owner: "uid-job", ready: false, ...change })] })
    return found.type === "done" ? found.note : found.type
  }

  test("names one of another image that it waits for", () => {
    expect(noteOf("Forbid", { image: oldImage })).toBe(
      "its Job web-1 has another image, and until that has ended no other starts (Forbid): kubectl delete job web-1",
    )
  })

  test.each<readonly [string, string, PodChange]>([
    ["it may start others beside it", "Allow", { image: oldImage }],
    ["it has this image", "Forbid", {}],
    ["it is over", "Forbid", { image: oldImage, phase: "Failed" }],
    ["it is another one's", "Forbid", { image: oldImage, owner: "uid-other" }],
  ])("names none when %s", (_, policy, change) => {
    expect(noteOf(policy, change)).toBe("its next run will use it")
  })
})

describe("a pod in trouble", () => {
  const long = 3_600_000

  test.each(cases)("when $when: doomed after $doomedMs ms", ({ pods, doomedMs, reason }) => {
    const all = pods.map((change, index) => pod(`p${index}`, change))
    if (doomedMs === null) return expect(lasting(deployment(), all, long).type).toBe("progressing")
    expect(lasting(deployment(), all, doomedMs - 1).type).toBe("progressing")
    const late = lasting(deployment(), all, doomedMs)
    expect(late).toMatchObject({
      type: "doomed",
      trouble: { pod: "p0", container: "app", pods: pods.length },
    })
    if (reason !== undefined) expect(late).toMatchObject({ trouble: { reason } })
  })

  test("is told with envseal's own words when it could not open its configuration", () => {
    const pods = [pod("a", waits("CrashLoopBackOff", 1, 5, opening))]
    expect(lasting(deployment(), pods, 10_000)).toMatchObject({
      type: "doomed",
      trouble: { message: opening, exitCode: 5 },
    })
  })

  test("is forgotten once it was ready for half a minute, and a crash not before", () => {
    const see = (change: PodChange, before: Sightings, nowMs: number) => {
      const around = { replicaSets: [], pods: [pod("a"), pod("b", change)] }
      return judgeAlone(assess(deployment(2), around, wanted), before, nowMs)
    }
    const crash = waits("CrashLoopBackOff", 1, 1)
    const first = see(crash, {}, 0)
    const well = see({}, first.sightings, 20_000)
    expect(well.verdict.type).toBe("done")
    expect(see(crash, well.sightings, 29_999).verdict.type).toBe("progressing")
    // It was well from 20 s on.
    expect(see(crash, well.sightings, 49_999).verdict.type).toBe("doomed")
    expect(see(crash, well.sightings, 50_000).verdict.type).toBe("progressing")
    expect(see({}, well.sightings, 50_000).sightings).toEqual({})
    const pull = see(waits("ErrImagePull"), {}, 0)
    expect(see({}, pull.sightings, 1_000).sightings).toEqual({})
  })

  test("that crashes is one trouble, told as grave and less grave in turns, and ready for a moment between", () => {
    const see = (change: PodChange, before: Sightings, nowMs: number) => {
      const around = { replicaSets: [], pods: [pod("a"), pod("b", change)] }
      return judgeAlone(assess(deployment(2), around, wanted), before, nowMs)
    }
    const stood = (restartCount: number): PodChange => ({
      status: { restartCount, state: { terminated: { exitCode: 1, reason: "Error" } } },
    })
    let judged = see(waits("CrashLoopBackOff", 1, 1), {}, 0)
    // A back-off of less than ten seconds.
    for (let round = 1; round <= 9; round++) {
      judged = see({}, judged.sightings, round * 3_000 - 1_000)
      judged = see(stood(1), judged.sightings, round * 3_000)
    }
    expect(judged.verdict.type).not.toBe("doomed")
    judged = see(stood(3), judged.sightings, 30_000)
    expect(judged.verdict).toMatchObject({ type: "doomed", trouble: { pod: "b", exitCode: 1 } })
  })

  test.each(["Unknown", "ContainerStatusUnknown"])(
    "is none when its node started again, which the kubelet calls %s",
    (reason) => {
      const lost = { restartCount: 4, lastState: { terminated: { exitCode: 255, reason } } }
      const around = { replicaSets: [], pods: [pod("a"), pod("b", { status: lost })] }
      const { verdict: found } = judgeAlone(assess(deployment(2), around, wanted), {}, 0)
      expect(found).toMatchObject({ type: "progressing", troubles: [] })
    },
  )

  test("is found in its init containers first", () => {
    const { status, ...rest } = pod("a", { ready: false })
    const waiting = {
      name: "migrate",
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: "InvalidImageName" } },
    }
    const broken = { ...rest, status: { ...status, initContainerStatuses: [waiting] } }
    expect(lasting(deployment(), [broken], 10_000)).toMatchObject({ trouble: { container: "migrate" } })
  })

  test("does not trip over a pod without a status", () => {
    const { status: _status, ...bare } = pod("a")
    expect(waitsFor(verdict(deployment(1), { pods: [bare] }))).toBe("1 new pod to be ready")
  })
})
