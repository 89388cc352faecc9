import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Progress, WorkloadEnd } from "../../../src/deploy/core/progress.ts"
import { nextRunNote } from "../../../src/deploy/core/rollout.ts"
import { runs } from "../../dotenv/values.ts"
import { newImage, oldImage } from "./scene.ts"
import { type Outcome, type Scenario, Simulation } from "./simulation.ts"
import { findLive, isProven, type LiveWorkload } from "./world.ts"

const never = fc.constant(0)
// Not `fc.double`: nearly all of its numbers are so small that nothing ever happens.
const seldom = (most: number) =>
  fc.oneof(
    never,
    never,
    never,
    never,
    fc.integer({ min: 1, max: 100 }).map((n) => (n / 100) * most),
  )

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  start: fc.constantFrom("build", "reseal", "resume", "image", "back"),
  detach: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  hooks: fc.record({
    before: fc.subarray(["migrate", "warm"]),
    after: fc.subarray(["smoke", "announce"]),
  }),
  rollback: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  workloads: fc.array(
    fc.record({
      kind: fc.constantFrom("Deployment", "StatefulSet", "DaemonSet", "CronJob"),
      replicas: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  fault: fc.constantFrom("none", "crashes", "none", "cannot be pulled"),
  flakyMs: fc.constantFrom(0, 0, 5_000, 15_000),
  settleMs: fc.constantFrom(0, 5_000, 20_000),
  odds: fc.record({
    foreign: seldom(0.02),
    gone: seldom(0.01),
    scale: seldom(0.1),
    death: seldom(0.02),
    interrupt: seldom(0.05),
    theft: seldom(0.05),
    heir: seldom(1),
    stop: seldom(0.05),
    stall: fc.oneof(seldom(0.05), seldom(1)),
    outage: seldom(0.03),
    blind: seldom(0.3),
    unwatchable: seldom(0.02),
    fail: seldom(0.2),
    lost: seldom(0.3),
    twice: seldom(0.5),
  }),
})

const misfortunes = ["stops", "outages", "thefts", "inheritances", "changes", "deaths"] as const

/** What all histories together came to. */
const counted = {
  ...{
    histories: 0,
    allOrNone: 0,
    givenUp: 0,
    jobs: 0,
    stops: 0,
    outages: 0,
    thefts: 0,
    inheritances: 0,
    changes: 0,
    deaths: 0,
  },
  ends: {} as Record<string, number>,
}

function count(outcome: Outcome, allOrNone: boolean): void {
  const { ending, standing } = endOf(outcome)
  const end = `${ending.type === "failed" ? ending.failure.code : ending.type}, ${standing}`
  counted.histories++
  counted.allOrNone += allOrNone ? 1 : 0
  counted.jobs += outcome.progress.filter(({ type }) => type === "job-deleted").length
  counted.ends[end] = (counted.ends[end] ?? 0) + 1
  for (const name of misfortunes) counted[name] += outcome.events[name]
}

type Ended = Extract<Progress, { type: "ended" }>

function endOf({ progress }: Outcome): Ended {
  const ends = progress.filter((one) => one.type === "ended")
  expect(ends).toHaveLength(1)
  expect(progress.at(-1)).toBe(ends[0])
  const [end] = ends
  if (end === undefined) throw new Error("it did not end")
  return end
}

/**
 * Whether what was said of a workload is so; what others changed since nobody can know.
 *
 * @param moves whether its pods come and go by themselves.
 */
function isTrue({ state, images }: WorkloadEnd, live: LiveWorkload, moves: boolean): boolean {
  if (state === "unknown" || state === "foreign" || live.foreign) return true
  if (images["app"] !== live.image) return false
  if (state === "new" && !moves) return isProven(live, newImage)
  return state !== "new" && state !== "unproven" ? true : live.image === newImage
}

/** What keeps a CronJob from starting others is named. */
function isJobTold({ state, note }: WorkloadEnd, { job, image, foreign }: LiveWorkload): boolean {
  const isKnown = (state === "new" || state === "before") && !foreign
  return !isKnown || job === null || job.image === image || note !== nextRunNote
}

function checkStanding(outcome: Outcome, { scale, death, foreign, gone }: Scenario["odds"]): void {
  const moves = scale + death > 0
  const { standing, workloads } = endOf(outcome)
  for (const end of workloads) {
    const live = findLive(outcome.world, end.workload)
    expect(isTrue(end, live, moves), `${end.workload} is ${end.state} with ${live.image}`).toBe(true)
    expect(isJobTold(end, live), `${end.workload}, ${end.note}, Job of ${live.job?.image}`).toBe(true)
  }
  const lives = outcome.world.workloads.filter(({ foreign }) => !foreign)
  const images = new Set(lives.map(({ image }) => image))
  const sides = new Set(lives.map(({ image }) => image === newImage))
  if (sides.size > 1) expect(standing).toBe("mixed")
  if (standing === "new" || standing === "unproven")
    expect([...images].every((one) => one === newImage)).toBe(true)
  if (foreign + gone > 0) return
  if (standing === "back" || standing === "going-back" || standing === "untouched")
    expect([...images].every((one) => one === oldImage)).toBe(true)
  if (standing === "back" && !moves) expect(lives.every((live) => isProven(live, oldImage))).toBe(true)
}

/**
 * All or none, while the cluster can be reached and the lock is held: whatever a run ends by, it does not leave some
 * workloads new and the others old.
 */
function checkAllOrNone(outcome: Outcome, { rollback, odds }: Scenario): boolean {
  const { ending } = endOf(outcome)
  const code = ending.type === "failed" ? ending.failure.code : null
  const others = odds.foreign + odds.gone > 0
  const cut =
    ending.type === "interrupted" || ["LOCK_LOST", "REMOTE_FAILED", "ACCESS_DENIED"].includes(code ?? "")
  if (others || cut || isGivenUp(outcome) || !rollback) return false
  const images = new Set(outcome.world.workloads.map(({ image }) => image))
  expect([...images], `one image for all, after ${code}`).toHaveLength(1)
  return true
}

/** Nothing can be given back by a run that does not see the cluster for as long as it waits for that: it says so. */
function isGivenUp(outcome: Outcome): boolean {
  const { ending, standing } = endOf(outcome)
  if (ending.type !== "failed" || ending.failure.code !== "ROLLBACK_FAILED") return false
  if (!ending.failure.message.includes("the cluster could not be seen")) return false
  const { nowMs, blindMs, blindSinceMs, plan } = outcome.state
  const unseenMs = blindMs + nowMs - (blindSinceMs ?? nowMs)
  expect(unseenMs, "not seen before it gave up").toBeGreaterThanOrEqual(plan.limits.silenceMs)
  expect(standing).toBe("mixed")
  counted.givenUp++
  return true
}

/** One node that fails to get an image for a while dooms nothing, but for a rollout that stands still anyway. */
function checkPulls({ progress }: Outcome): void {
  for (const one of progress) {
    if (one.type !== "doomed" || one.trouble?.reason !== "ImagePullBackOff") continue
    expect(one.trouble.message).toMatch(/^(nothing moved|not all pods were ready at once)/)
  }
}

describe("a deploy in a simulated world", () => {
  test("keeps its promises in any history", () => {
    fc.assert(
      fc.property(scenario, (one) => {
        const simulation = new Simulation(one)
        const outcome = simulation.run()
        expect(outcome.state.phase.name, `after ${outcome.seconds} s`).toBe("ended")
        checkStanding(outcome, one.odds)
        const allOrNone = checkAllOrNone(outcome, one)
        count(outcome, allOrNone)
        if (one.fault !== "cannot be pulled") checkPulls(outcome)
        const told = outcome.progress.map(({ type }) => type)
        if (outcome.world.lock === "ours") expect(told).toContain("lock-left")
        expect(structuredClone(outcome.state)).toEqual(outcome.state)
        simulation.settle()
        expect(outcome.progress.at(-1)?.type).toBe("ended")
      }),
      runs(50),
    )
    // Figures are for who asked for more histories than usual.
    if (Number(process.env["FUZZ"] ?? 1) > 1) {
      console.log(counted)
      for (const name of misfortunes)
        if (name !== "inheritances") expect(counted[name], name).toBeGreaterThan(0)
    }
  })

  const calm = {
    foreign: 0,
    gone: 0,
    scale: 0,
    death: 0,
    interrupt: 0,
    theft: 0,
    heir: 0,
    stop: 0,
    stall: 0,
    outage: 0,
    blind: 0,
    unwatchable: 0,
    fail: 0,
    lost: 0,
    twice: 0,
  }
  const usual: Scenario = {
    seed: 1,
    start: "build",
    detach: false,
    hooks: { before: ["migrate"], after: ["smoke"] },
    rollback: true,
    workloads: [
      { kind: "Deployment", replicas: 3 },
      { kind: "StatefulSet", replicas: 2 },
      { kind: "CronJob", replicas: 0 },
    ],
    fault: "none",
    flakyMs: 0,
    settleMs: 10_000,
    odds: calm,
  }

  test("is deployed when nothing goes wrong", () => {
    const outcome = new Simulation(usual).run()
    expect(endOf(outcome)).toMatchObject({ ending: { type: "deployed" }, standing: "new" })
    expect(outcome.world.workloads.every((live) => isProven(live, newImage))).toBe(true)
    expect(outcome.world.lock).toBe("free")
  })

  test("is deployed though one node takes its time to get the image", () => {
    const outcome = new Simulation({ ...usual, flakyMs: 15_000 }).run()
    expect(endOf(outcome)).toMatchObject({ ending: { type: "deployed" }, standing: "new" })
  })

  test.each([
    ["crashes", "CrashLoopBackOff"],
    ["cannot be pulled", "ImagePullBackOff"],
  ] as const)("is back on what ran before when the image %s", (fault, reason) => {
    const outcome = new Simulation({ ...usual, fault }).run()
    expect(endOf(outcome)).toMatchObject({
      ending: { type: "failed", failure: { code: "ROLLOUT_FAILED" }, trouble: { reason } },
      standing: "back",
    })
    expect(outcome.world.workloads.every((live) => isProven(live, oldImage))).toBe(true)
    expect(outcome.world.lock).toBe("free")
  })

  test("tells at the end of a rollback that its CronJob waits for a Job, unless that is known to be deleted", () => {
    const told = Array.from({ length: 30 }, (_, seed) => {
      const odds = { ...calm, fail: 0.05, lost: 0.3 }
      const outcome = new Simulation({ ...usual, seed, start: "back", odds }).run()
      const { ending, workloads } = endOf(outcome)
      if (ending.type !== "deployed") return null
      checkStanding(outcome, odds)
      const isDeleted = outcome.progress.some(({ type }) => type === "job-deleted")
      expect(workloads[2]?.note === nextRunNote, `seed ${seed}`).toBe(isDeleted)
      return isDeleted
    })
    expect(new Set(told)).toEqual(new Set([true, false, null]))
  })

  test("leaves the failed release where going back is not wanted, but gives it to no CronJob, and says so", () => {
    const outcome = new Simulation({ ...usual, fault: "crashes", rollback: false }).run()
    expect(endOf(outcome)).toMatchObject({ ending: { type: "failed" }, standing: "mixed" })
    expect(outcome.world.workloads.map(({ image }) => image)).toEqual([newImage, newImage, oldImage])
  })
})
