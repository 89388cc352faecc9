import { describe, expect, test } from "vitest"
import { usualLimits } from "../../../src/adapters/kubernetes/limits.ts"
import { answerMs } from "../../../src/deploy/core/again.ts"
import type { DeployFailure } from "../../../src/deploy/core/plan.ts"
import { Course } from "./course.ts"
import { broken, newImage, refused, stateIn, target } from "./scene.ts"

const names = ["web", "worker"] as const
const left = names.map((name) => `deployment/${name}`)

/** A run that has found both workloads to be proven. */
function proving(): Course {
  const targets = names.map((name) => target({ stage: "forward" }, "Deployment", name))
  const phase = { name: "proving", left, asked: [], sinceMs: 0, dueMs: 0 } as const
  return new Course("proving", { targets, phase }).waits(0.1)
}

const recorded = (name: string, failure: DeployFailure | null = null) =>
  ({ type: "recorded", workload: `deployment/${name}`, failure }) as const

const endOf = ({ state: { phase } }: Course) => ("ending" in phase ? phase.ending : null)

describe("a release that is proven", () => {
  test("is written down on all workloads before the run ends", () => {
    const course = proving()
    expect(course.effects).toMatchObject(
      names.map((name) => ({ do: "prove", ref: { name }, images: { app: newImage } })),
    )
    expect(endOf(course.at(1, recorded("web")))).toBeNull()
    expect(endOf(course.at(2, recorded("worker")))).toEqual({ type: "deployed" })
  })

  test("is proven all the same when that is refused", () => {
    const course = proving().at(1, recorded("web", refused)).at(2, recorded("worker"))
    expect(endOf(course)).toEqual({ type: "deployed" })
  })

  test("is written down again two seconds later where the cluster did not answer, for half a minute at most", () => {
    const course = proving().at(1, recorded("web")).at(2, recorded("worker", broken))
    expect(course.waits(3.999).done).toEqual([])
    expect(course.waits(4).effects).toMatchObject([{ do: "prove", ref: { name: "worker" } }])
    expect(endOf(course.at(29.999, recorded("worker", broken)))).toBeNull()
    expect(endOf(course.waits(30))).toEqual({ type: "deployed" })
  })

  test("is waited for by more than what a request may take", () => {
    const { retryMs, connectMs, answerMs: answerOfOneMs } = usualLimits
    expect(answerMs).toBeGreaterThan(retryMs + connectMs + answerOfOneMs)
  })

  test("is waited for after that half minute while it is on its way, until it is answered, for 45 s at most", () => {
    const course = proving().at(1, recorded("web"))
    expect(endOf(course.waits(74.999))).toBeNull()
    expect(endOf(course.waits(75))).toEqual({ type: "deployed" })
    const answered = proving().at(1, recorded("web")).waits(30)
    expect(endOf(answered)).toBeNull()
    expect(endOf(answered.at(40, recorded("worker", broken)).waits(40.001))).toEqual({ type: "deployed" })
  })

  test("is written down again only once all have answered, so that none is on its way when the lock is given back", () => {
    const course = proving().at(1, recorded("worker", broken))
    expect(course.waits(10).done).toEqual([])
    expect(course.at(11, recorded("web", broken)).done).toEqual([])
    expect(course.waits(13).done).toEqual(["prove", "prove"])
    course.at(14, recorded("web"))
    expect(endOf(course)).toBeNull()
    expect(endOf(course.at(15, recorded("worker")))).toEqual({ type: "deployed" })
  })

  test.each([
    ["is lost", { type: "lock-lost", holder: "bert" }],
    ["is still to be confirmed, and a person ends the run", { type: "interrupted", signal: "SIGINT" }],
  ] as const)("is not written down when the lock %s, and is proven all the same", (_, event) => {
    const targets = names.map((name) => target({ stage: "forward" }, "Deployment", name))
    const next = { name: "proving", left, asked: [], sinceMs: 0, dueMs: 0 } as const
    const phase = { name: "confirming", next, sinceMs: 0, seenMs: 0 } as const
    const { lock } = stateIn("confirming")
    const confirming = () => new Course("confirming", { targets, phase, lock })
    expect(endOf(confirming().at(1, event))).toEqual({ type: "deployed" })
    expect(endOf(confirming().waits(29.999))).toBeNull()
    expect(endOf(confirming().waits(30))).toEqual({ type: "deployed" })
  })
})

describe("a release that is proven, whose lock is to be confirmed before that is written down once more", () => {
  /** At second 28 it did not get an answer for both; the lock is asked for at 30, when nothing is written any more. */
  function late(): Course {
    const { lock } = stateIn("confirming")
    const targets = names.map((name) => target({ stage: "forward" }, "Deployment", name))
    const next = { name: "proving", left, asked: [], sinceMs: 0, dueMs: 27_000 } as const
    const phase = { name: "confirming", next, sinceMs: 27_000, seenMs: 27_000 } as const
    return new Course("confirming", { targets, phase, lock }).waits(27.5)
  }

  test("waits for that until half a minute is over, so that its last request has all its time to be answered", () => {
    expect(endOf(late().waits(29.999))).toBeNull()
    expect(endOf(late().waits(30))).toEqual({ type: "deployed" })
  })
})
