import { describe, expect, test } from "vitest"
import { type DeployState, nobody } from "../../../src/deploy/core/state.ts"
import { Course, stepAwake } from "./course.ts"
import { broken, plan, release, stateIn } from "./scene.ts"

/** A run whose lock is granted at 1 s, to be renewed every 5 s. */
function locked(): DeployState {
  const start = { type: "image", image: "v1" } as const
  return stepAwake(stateIn("locking", { plan: plan({ start }) }), {
    ...{ type: "locked", renewAfterMs: 5_000, atMs: 1_000 },
  }).state
}

const asksAt = (state: DeployState, atMs: number) =>
  stepAwake(state, { type: "time", atMs }).effects.filter((effect) => effect.do === "renew-lock")

/** The state after the renewal that is due at this time was answered. */
function renewed(state: DeployState, atMs: number, type: "lock-renewed" | "lock-unsure"): DeployState {
  const asked = stepAwake(state, { type: "time", atMs }).state
  return stepAwake(asked, { type, ask: asked.asks, atMs }).state
}

describe("a lock that is held", () => {
  test("is renewed as often as it wants, and asked for again when that is not answered for ten seconds", () => {
    const state = locked()
    expect([asksAt(state, 5_999), asksAt(state, 6_000)]).toEqual([[], [{ do: "renew-lock", ask: 1 }]])
    const asked = stepAwake(state, { type: "time", atMs: 6_000 }).state
    expect([asksAt(asked, 15_999), asksAt(asked, 16_000)]).toEqual([[], [{ do: "renew-lock", ask: 2 }]])
    const again = renewed(state, 6_000, "lock-renewed")
    expect([asksAt(again, 10_999).length, asksAt(again, 11_000).length]).toEqual([0, 1])
    expect(again.lock).toMatchObject({ status: "held", keptAtMs: 6_000 })
  })

  test("is confirmed by an answer that came within twenty seconds, though one more was asked for meanwhile", () => {
    const first = stepAwake(locked(), { type: "time", atMs: 6_000 }).state
    const second = stepAwake(first, { type: "time", atMs: 16_000 }).state
    const answered = (ask: number, atMs: number) =>
      stepAwake(second, { type: "lock-renewed", ask, atMs }).state.lock
    expect(answered(1, 26_000)).toMatchObject({ keptAtMs: 26_000, renewing: [{ ask: 2 }] })
    expect(answered(1, 26_001)).toMatchObject({ keptAtMs: 1_000 })
    expect(answered(2, 36_000)).toMatchObject({ keptAtMs: 36_000, renewing: [] })
    expect(answered(2, 36_001)).toMatchObject({ keptAtMs: 1_000 })
    // That one failed says nothing of the other.
    const unsure = stepAwake(second, { type: "lock-unsure", ask: 1, atMs: 17_000 }).state
    expect(unsure.lock).toMatchObject({ keptAtMs: 1_000, renewing: [{ ask: 2 }], renewAtMs: 26_000 })
  })

  test("is asked for two seconds later again when that was not answered, and was held only before", () => {
    const unsure = renewed(locked(), 6_000, "lock-unsure")
    expect([asksAt(unsure, 7_999).length, asksAt(unsure, 8_000).length]).toEqual([0, 1])
    expect(unsure.lock).toMatchObject({ status: "held", keptAtMs: 1_000 })
  })

  test("is not renewed any more once the run closes, or it was lost", () => {
    const closing = stateIn("closing", { lock: locked().lock })
    expect(asksAt(closing, 9_000)).toEqual([])
    const lost = stepAwake(stateIn("patching"), { type: "lock-lost", holder: "bert", atMs: 1 }).state
    expect(lost.lock).toEqual({
      status: "lost",
      renewAfterMs: 0,
      renewAtMs: 0,
      keptAtMs: null,
      renewing: [],
      lostTo: "bert",
    })
    expect(asksAt(lost, 60_000)).toEqual([])
  })

  test.each([
    ["bert@ci", "another deploy of production has taken the lock: bert@ci"],
    [nobody, "the lock of production was deleted while this run had it"],
  ])("ends a run by its own cause once %s has it", (holder, message) => {
    const course = new Course("rolling", {}).at(1, { type: "lock-lost", holder })
    expect(course.state.phase).toMatchObject({ ending: { failure: { code: "LOCK_LOST", message } } })
  })

  test("is not asked for by a run that has none", () => {
    expect(asksAt(stateIn("checking"), 60_000)).toEqual([])
  })

  test("that is lost twice is reported once", () => {
    const lost = stepAwake(stateIn("patching"), { type: "lock-lost", holder: "bert", atMs: 1 })
    expect(stepAwake(lost.state, { type: "lock-lost", holder: "bert", atMs: 2 }).effects).toEqual([])
  })
})

test("a lock that was waited for for a second and a half has all checked again, since its holder may have changed it", () => {
  const granted = (seconds: number) =>
    new Course("locking", {}).at(seconds, { type: "locked", renewAfterMs: 5_000 })
  expect(granted(1.499).phase).toBe("starting")
  expect([granted(1.5).phase, granted(1.5).done]).toEqual(["checking", ["check"]])
})

describe("before the cluster is changed, a lock", () => {
  const found = (atMs: number, change: Partial<DeployState> = {}) =>
    stepAwake(stateIn("imaging", change), { type: "image-found", release, atMs }).state.phase.name

  test("that was held two seconds ago is made sure of", () => {
    // It was held at 0 ms here.
    expect([found(1_999), found(2_000)]).toEqual(["patching", "confirming"])
  })

  test("that is not held is not taken for held, however fresh it looks", () => {
    const { lock } = stateIn("imaging")
    expect(found(1, { lock: { ...lock, status: "none" } })).toBe("confirming")
  })

  test("counts as held when the renewal was answered in the same moment", () => {
    const { state } = stepAwake(stateIn("imaging"), { type: "image-found", release, atMs: 9_000 })
    const sure = stepAwake(state, { type: "lock-renewed", ask: state.asks, atMs: 9_000 })
    expect(sure.state.phase.name).toBe("patching")
  })

  test("is followed by the first hook that comes before", () => {
    const hooks = { before: ["migrate", "warm"], after: [] }
    const { state } = stepAwake(stateIn("imaging", { plan: plan({ hooks }) }), {
      ...{ type: "image-found", release, atMs: 9_000 },
    })
    const sure = stepAwake(state, { type: "lock-renewed", ask: state.asks, atMs: 9_100 })
    expect(sure.state.phase).toEqual({ name: "hook", when: "before", index: 0 })
  })

  test("is waited for ten minutes, and nothing is changed without it", () => {
    const course = new Course("imaging", { lock: stateIn("imaging").lock }).at(5, {
      type: "image-found",
      release,
    })
    expect(course.waits(604.999).phase).toBe("confirming")
    expect(course.waits(605).state.phase).toMatchObject({
      ending: {
        failure: { code: "REMOTE_FAILED", message: "the lock could not be renewed, so nothing was changed" },
      },
    })
  })

  test("that another renewal was already asked for is not asked for twice", () => {
    const lock = { ...stateIn("imaging").lock, renewing: [{ ask: 4, sentAtMs: 0 }] }
    const { state, effects } = stepAwake(stateIn("imaging", { lock, asks: 4 }), {
      ...{ type: "image-found", release, atMs: 9_000 },
    })
    expect(effects.filter((effect) => effect.do === "renew-lock")).toEqual([])
    expect(stepAwake(state, { type: "lock-renewed", ask: 4, atMs: 9_100 }).state.phase.name).toBe("patching")
  })
})

describe("a run that closes", () => {
  test("gives its lock ten seconds to be given back, and says when it was not", () => {
    const course = new Course("rolling", {}).at(5, { type: "interrupted", signal: "SIGTERM" })
    expect(course.done).toEqual(["unlock"])
    expect(course.waits(14.999).phase).toBe("closing")
    expect(course.waits(15).told).toMatchObject([
      { type: "lock-left", why: "the cluster did not answer" },
      { type: "ended", ending: { type: "interrupted" } },
    ])
  })

  test("says why its lock could not be given back", () => {
    const course = new Course("closing", {}).at(1, { type: "unlocked", why: "no right" })
    expect(course.told.map(({ type }) => type)).toEqual(["lock-left", "ended"])
  })

  test("waits for a lock that it asked for, and ends when that is refused or does not come", () => {
    const interrupted = () => new Course("locking", {}).at(5, { type: "interrupted", signal: "SIGINT" })
    expect([interrupted().phase, interrupted().done]).toEqual(["closing", []])
    const refused = interrupted().at(6, { type: "lock-refused", failure: broken })
    expect(refused.state.phase).toMatchObject({ name: "ended", ending: { type: "interrupted" } })
    expect(interrupted().waits(15).phase).toBe("ended")
  })

  test("is not ended by a late refusal of a lock that it has", () => {
    const course = new Course("closing", {}).at(1, { type: "lock-refused", failure: broken })
    expect(course.phase).toBe("closing")
  })

  test("fails by what it went back for, with all that is known of it", () => {
    const trouble = {
      ...{ reason: "Stalled", message: "", pod: null, podUid: null, container: null },
      ...{ exitCode: null, restarts: 0, pods: 0 },
    }
    const clues = { workload: "deployment/web", log: ["bye"], events: [] }
    const course = new Course("reverting", { setback: { failure: broken, trouble, clues } })
    const why = { ...broken, message: "no right" }
    course.at(1, { type: "unwatchable", failure: why })
    expect(course.state.phase).toMatchObject({ ending: { type: "failed", failure: why, trouble, clues } })
  })
})

describe("a run that is interrupted", () => {
  const building = () => new Course("building", {}).at(5, { type: "interrupted", signal: "SIGINT" })

  test("stops its build only when a person asks for it a second time", () => {
    const twice = building().at(6, { type: "interrupted", signal: "SIGINT" })
    expect(twice.effects).toEqual([{ do: "stop-build", id: "shop:1" }])
    const ended = building().at(6, { type: "interrupted", signal: "SIGTERM" })
    expect(ended.state.phase).toMatchObject({
      ending: { type: "interrupted", signal: "SIGINT", buildStopped: false },
    })
  })

  test("waits fifteen seconds for its build to be stopped", () => {
    const course = building().at(6, { type: "interrupted", signal: "SIGINT" })
    // One more changes nothing.
    course.at(7, { type: "interrupted", signal: "SIGINT" })
    expect(course.waits(20.999).phase).toBe("stopping")
    expect(course.waits(21).told).toMatchObject([
      { type: "build-stopped", build: "shop:1", failure: { code: "REMOTE_FAILED" } },
    ])
    expect(course.state.phase).toMatchObject({ ending: { buildStopped: false } })
  })

  test.each([
    [null, true],
    [broken, false],
  ])("says whether its build was stopped (%#)", (failure, buildStopped) => {
    const course = building().at(6, { type: "interrupted", signal: "SIGINT" })
    course.at(7, { type: "build-stopped", failure })
    expect(course.told).toEqual([{ type: "build-stopped", build: "shop:1", failure }])
    expect(course.state.phase).toMatchObject({ ending: { type: "interrupted", buildStopped } })
  })

  test("is ended by the first signal, whatever comes after it", () => {
    const course = new Course("patching", {}).at(1, { type: "interrupted", signal: "SIGHUP" })
    expect(course.at(2, { type: "interrupted", signal: "SIGINT" }).state.interrupt).toBe("SIGHUP")
  })

  test("fails by its build when that has failed already", () => {
    const course = new Course("draining", {}).at(1, { type: "interrupted", signal: "SIGINT" })
    expect(course.state.phase).toMatchObject({ ending: { type: "failed", failure: broken } })
  })
})
