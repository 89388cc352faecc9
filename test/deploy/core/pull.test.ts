import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Pull, unpullable } from "../../../src/deploy/core/pod-trouble.ts"
import type { DeployState } from "../../../src/deploy/core/state.ts"
import { judgeTargets } from "../../../src/deploy/core/watching.ts"
import { runs } from "../../dotenv/values.ts"
import { deployment, newImage, otherImage, type PodChange, pod, stateIn, target, waits } from "./scene.ts"

const pull: fc.Arbitrary<Pull> = fc.record({
  image: fc.constantFrom("a", "b"),
  node: fc.constantFrom("node-1", "node-2", "node-3"),
  failed: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
})

describe("images that no node gets", () => {
  test("are those alone that fail on two nodes, and nowhere else fare better", () => {
    fc.assert(
      fc.property(fc.array(pull, { maxLength: 8 }), (pulls) => {
        const found = unpullable(pulls)
        for (const image of ["a", "b"]) {
          const own = pulls.filter((one) => one.image === image)
          const failed = new Set(own.flatMap(({ node, failed: fails }) => (fails ? [node] : [])))
          expect(found.has(image)).toBe(failed.size > 1 && own.every((one) => one.failed))
        }
      }),
      runs(300),
    )
  })

  test("are none where nothing is to be seen", () => {
    expect(unpullable([])).toEqual(new Set())
  })
})

const pullFails = waits("ImagePullBackOff")
const node2 = { node: "node-2" }
const names = ["web", "worker"] as const
type Pods = readonly [web: PodChange, worker: PodChange]

/** Two Deployments, each with one new pod beside its old ones. */
function rollingWith(pods: Pods, workerImage = newImage): DeployState {
  const workloads = names.map((name, index) => {
    const image = index === 0 ? newImage : workerImage
    const live = deployment(2, { updatedReplicas: 1 }, image)
    return { ...live, metadata: { ...live.metadata, name, uid: `uid-${name}` } }
  })
  const targets = names.map((name, index) => {
    const images = { app: index === 0 ? newImage : workerImage }
    const wanted = { images, generation: 2, staleDeadline: null }
    return target({ stage: "forward", wanted }, "Deployment", name)
  })
  return { ...stateIn("rolling", { targets }), view: { workloads, replicaSets: [], pods: podsOf(pods) } }
}

function podsOf(pods: Pods) {
  return names.map((name, index) => pod(`${name}-1`, { ...pods[index], owner: `uid-${name}` }))
}

/** Looks again, at the same or at other pods. */
function look(state: DeployState, nowMs: number, pods?: Pods): DeployState {
  const view = pods === undefined || state.view === null ? state.view : { ...state.view, pods: podsOf(pods) }
  return judgeTargets({ ...state, view, nowMs }, "forward").state
}

function verdicts({ targets }: DeployState) {
  return targets.map(({ verdict }) => verdict?.type)
}

interface Case {
  readonly when: string
  readonly pods: Pods
  readonly workerImage?: string
  /** When `web` is doomed. */
  readonly doomedMs: number
}

const cases: readonly Case[] = [
  {
    when: "the other's cannot either, on another node",
    pods: [pullFails, { ...pullFails, ...node2 }],
    doomedMs: 10_000,
  },
  { when: "the other's cannot either, on the same node", pods: [pullFails, pullFails], doomedMs: 30_000 },
  { when: "the other's still loads it", pods: [pullFails, { ...node2, ready: false }], doomedMs: 30_000 },
  { when: "the other's has it", pods: [pullFails, node2], doomedMs: 30_000 },
  {
    when: "the other's has no node",
    pods: [pullFails, { unschedulable: true, ready: false }],
    doomedMs: 30_000,
  },
  { when: "the other's ends", pods: [pullFails, { ...pullFails, ...node2, ending: true }], doomedMs: 30_000 },
  {
    when: "the other's crashed once",
    pods: [pullFails, { ...waits("CrashLoopBackOff", 1, 1), ...node2 }],
    doomedMs: 30_000,
  },
  {
    when: "the other's ran before, and cannot have it again",
    pods: [pullFails, { ...waits("ImagePullBackOff", 1, 1), ...node2 }],
    doomedMs: 30_000,
  },
  {
    when: "the other's cannot have another image",
    pods: [pullFails, { ...pullFails, ...node2, image: otherImage }],
    workerImage: otherImage,
    doomedMs: 30_000,
  },
]

describe("a pod that cannot have its image", () => {
  test.each(cases)("is doom after $doomedMs ms when $when", ({ pods, workerImage, doomedMs }) => {
    const seen = look(rollingWith(pods, workerImage), 0)
    expect(verdicts(look(seen, doomedMs - 1))[0]).toBe("progressing")
    const [web] = look(seen, doomedMs).targets
    expect(web?.verdict).toMatchObject({
      type: "doomed",
      trouble: { reason: "ImagePullBackOff", pod: "web-1", pods: 1 },
    })
  })

  test("dooms both workloads at once", () => {
    const seen = look(rollingWith([pullFails, { ...pullFails, ...node2 }]), 0)
    expect(verdicts(look(seen, 10_000))).toEqual(["doomed", "doomed"])
  })

  test("is given the time again once another pod fares better", () => {
    const both: Pods = [pullFails, { ...pullFails, ...node2 }]
    const before = look(look(rollingWith(both), 0), 9_000, [pullFails, { ...node2, ready: false }])
    const again = look(before, 11_000, both)
    expect(verdicts(look(again, 20_999))).toEqual(["progressing", "progressing"])
    expect(verdicts(look(again, 21_000))).toEqual(["doomed", "doomed"])
  })
})

describe("two pods on two nodes", () => {
  test.each([
    ["have no network", waits("CreatePodSandboxError")],
    ["crashed once", waits("CrashLoopBackOff", 1, 1)],
  ])("that %s have the time of one", (_, change) => {
    const seen = look(rollingWith([change, { ...change, ...node2 }]), 0)
    expect(verdicts(look(seen, 29_999))).toEqual(["progressing", "progressing"])
    expect(verdicts(look(seen, 30_000))).toEqual(["doomed", "doomed"])
  })

  test("that are only slow are never doomed", () => {
    const slow = { ready: false }
    const seen = look(rollingWith([slow, { ...slow, ...node2 }]), 0)
    expect(verdicts(look(seen, 3_600_000))).toEqual(["progressing", "progressing"])
  })
})
