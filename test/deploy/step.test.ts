import { describe, expect, test } from "vitest"
import type { Effect } from "../../src/deploy/effect.ts"
import type { Happening } from "../../src/deploy/event.ts"
import type { DeployState } from "../../src/deploy/state.ts"
import { step } from "../../src/deploy/step.ts"
import {
  broken,
  build,
  deployment,
  ended,
  nowhere,
  oldImage,
  type PhaseName,
  phaseNames,
  pod,
  release,
  stateIn,
} from "./scene.ts"

const changed = { generation: 2, staleDeadline: null, changed: true, before: { app: oldImage } }
const view = { ...nowhere, workloads: [deployment()], pods: [pod("a"), pod("b")] }

/** One of each; a build is found to be done, a workload to be rolled out. */
const happenings: { readonly [T in Happening["type"]]: Extract<Happening, { type: T }> } = {
  time: { type: "time" },
  checked: { type: "checked", targets: [] },
  "check-failed": { type: "check-failed", failure: broken },
  locked: { type: "locked", renewAfterMs: 20_000 },
  "lock-refused": { type: "lock-refused", failure: broken },
  "lock-renewed": { type: "lock-renewed" },
  "lock-unsure": { type: "lock-unsure" },
  "lock-lost": { type: "lock-lost", holder: "somebody" },
  unlocked: { type: "unlocked", why: null },
  "build-started": { type: "build-started", build: build() },
  "build-refused": { type: "build-refused", failure: broken },
  "build-seen": { type: "build-seen", build: ended("SUCCEEDED"), random: 0.5 },
  "build-missing": { type: "build-missing", id: "shop:1", random: 0.5 },
  "build-unseen": { type: "build-unseen", failure: broken, reason: "passing", random: 0.5 },
  "build-stopped": { type: "build-stopped", failure: null },
  "log-drained": { type: "log-drained" },
  "image-found": { type: "image-found", release },
  "image-refused": { type: "image-refused", failure: broken },
  "hook-ended": { type: "hook-ended" },
  "hook-failed": { type: "hook-failed", failure: broken },
  patched: { type: "patched", workload: "deployment/web", ...changed },
  "patch-failed": { type: "patch-failed", workload: "deployment/web", failure: broken, foreign: false },
  seen: { type: "seen", view },
  unseen: { type: "unseen", why: "it broke" },
  unwatchable: { type: "unwatchable", failure: broken },
  examined: { type: "examined", clues: { workload: "deployment/web", log: [], events: [] } },
  interrupted: { type: "interrupted", signal: "SIGINT" },
}

/** The phase that follows, and the effects in their order; news by their type. */
type Row = readonly [phase: PhaseName, ...effects: readonly string[]]

/** Every pair that does something; in any other an event changes nothing. */
const table: { readonly [N in PhaseName]: { readonly [T in Happening["type"]]?: Row } } = {
  checking: {
    checked: ["locking", "checked", "do lock"],
    "check-failed": ["ended", "ended"],
    unseen: ["checking", "contact-lost"],
    interrupted: ["ended", "ended"],
  },
  locking: {
    locked: ["starting", "locked", "do start-build"],
    "lock-refused": ["ended", "ended"],
    unseen: ["locking", "contact-lost"],
    interrupted: ["closing"],
  },
  starting: {
    "lock-lost": ["starting", "lock-lost"],
    "build-started": ["building", "build-started", "do follow-log"],
    "build-refused": ["closing", "do unlock"],
    unseen: ["starting", "contact-lost"],
  },
  building: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "build-seen": ["imaging", "build-started", "do follow-log", "build-ended", "do find-image"],
    "build-missing": ["building"],
    "build-unseen": ["building", "build-silent"],
    unseen: ["building", "contact-lost"],
    interrupted: ["leaving", "stopping-soon"],
  },
  draining: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "log-drained": ["closing", "do unlock"],
    unseen: ["draining", "contact-lost"],
    interrupted: ["closing", "do unlock"],
  },
  imaging: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "image-found": ["patching", "image", "do observe", "do patch"],
    "image-refused": ["closing", "do unlock"],
    unseen: ["imaging", "contact-lost"],
    interrupted: ["closing", "do unlock"],
  },
  hook: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "hook-ended": ["patching", "hook-ended", "do observe", "do patch"],
    "hook-failed": ["closing", "do unlock"],
    unseen: ["hook", "contact-lost"],
    interrupted: ["closing", "do unlock"],
  },
  patching: {
    "lock-lost": ["patching", "lock-lost"],
    patched: ["rolling", "patched"],
    "patch-failed": ["restoring", "doomed", "going-back", "do restore"],
    unseen: ["patching", "contact-lost"],
  },
  rolling: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    seen: ["closing", "rollout", "do unlock"],
    unseen: ["rolling", "contact-lost"],
    unwatchable: ["closing", "do unlock"],
    interrupted: ["closing", "do unlock"],
  },
  examining: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    examined: ["restoring", "doomed", "going-back", "do restore"],
    unseen: ["examining", "contact-lost"],
    unwatchable: ["closing", "do unlock"],
    interrupted: ["closing", "do unlock"],
  },
  restoring: {
    "lock-lost": ["restoring", "lock-lost"],
    patched: ["reverting", "restored"],
    "patch-failed": ["closing", "not-restored", "do unlock"],
    unseen: ["restoring", "contact-lost"],
  },
  reverting: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    // The view shows the new image on what was given back the old one: somebody else did that.
    seen: ["closing", "rollout", "do unlock"],
    unseen: ["reverting", "contact-lost"],
    unwatchable: ["closing", "do unlock"],
    interrupted: ["closing", "do unlock"],
  },
  leaving: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    unseen: ["leaving", "contact-lost"],
    interrupted: ["stopping", "do stop-build"],
  },
  stopping: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "build-stopped": ["closing", "build-stopped", "do unlock"],
    unseen: ["stopping", "contact-lost"],
  },
  closing: {
    "lock-lost": ["closing", "lock-lost"],
    unlocked: ["ended", "ended"],
    unseen: ["closing", "contact-lost"],
  },
  ended: {},
}

function said(effect: Effect): string {
  return effect.do === "tell" ? effect.news.type : `do ${effect.do}`
}

const atMs = 1_000

function react(name: PhaseName, event: Happening, change: Partial<DeployState> = {}) {
  const { state, effects } = step(stateIn(name, change), { atMs, ...event })
  return { phase: state.phase, state, effects: effects.map(said) }
}

const pairs = phaseNames.flatMap((name) => Object.values(happenings).map((event) => ({ name, event })))

describe("what follows from an event", () => {
  test.each(pairs)("in $name, when $event.type", ({ name, event }) => {
    const { state, effects } = react(name, event)
    const [phase, ...expected] = table[name][event.type] ?? [name]
    expect([state.phase.name, ...effects]).toEqual([phase, ...expected])
    if (table[name][event.type] !== undefined) return
    const before = stateIn(name)
    const { view: seen, lock, interrupt, unwatchable } = state
    const kept = { view: seen, lock, interrupt, unwatchable, nowMs: name === "ended" ? 0 : atMs }
    expect(state).toEqual({ ...before, ...kept })
  })
})

/** The time at which a phase gives up, or does what is due. */
const deadlines: readonly (readonly [
  name: PhaseName,
  dueMs: number,
  phase: PhaseName,
  effects: readonly string[],
])[] = [
  ["starting", 20_000, "starting", ["do renew-lock"]],
  ["building", 3_600_000, "closing", ["do renew-lock", "do unlock"]],
  ["draining", 10_000, "closing", ["do unlock"]],
  ["examining", 10_000, "restoring", ["doomed", "going-back", "do restore"]],
  ["leaving", 3_000, "closing", ["do unlock"]],
  ["stopping", 15_000, "closing", ["build-stopped", "do unlock"]],
  ["closing", 10_000, "ended", ["lock-left", "ended"]],
]

describe("when time goes on", () => {
  test.each(deadlines)("in %s, after %i ms, %s follows", (name, dueMs, phase, expected) => {
    const early = step(stateIn(name), { type: "time", atMs: dueMs - 1 })
    expect(early.state.phase.name).toBe(name)
    const { state, effects } = step(stateIn(name), { type: "time", atMs: dueMs })
    expect([state.phase.name, ...effects.map(said)]).toEqual([phase, ...expected])
  })
})

describe("a run", () => {
  test("gives back a lock that is granted after it was interrupted", () => {
    const { state } = react("locking", happenings.interrupted)
    const late = step(state, { atMs, ...happenings.locked })
    expect(late.effects.map(said)).toEqual(["do unlock"])
    const over = step(late.state, { atMs, ...happenings.unlocked })
    expect(over.state.phase).toMatchObject({ name: "ended", ending: { type: "interrupted" } })
  })

  test("leaves a build alone that was detached", () => {
    const start = { type: "build", commit: null, detach: true } as const
    const before = stateIn("starting")
    const { phase, effects } = react("starting", happenings["build-started"], {
      plan: { ...before.plan, start },
    })
    expect(phase).toMatchObject({ name: "closing", ending: { type: "detached" } })
    expect(effects).toEqual(["build-started", "do unlock"])
  })

  test("follows the build that takes the place of one that failed", () => {
    const failed = ended("FAILED", { retriedAs: "shop:2" })
    const { phase, effects } = react("building", { type: "build-seen", build: failed, random: 0.5 })
    expect(phase).toMatchObject({ name: "building", id: "shop:2" })
    expect(effects).toContain("build-retried")
  })

  test("ends with the build's own failure once its log is told", () => {
    const failed = ended("FAILED")
    const { state } = react("building", { type: "build-seen", build: failed, random: 0.5 })
    const { state: last } = step(state, { atMs, ...happenings["log-drained"] })
    expect(last.phase).toMatchObject({ ending: { type: "failed", failure: { code: "BUILD_FAILED" } } })
  })

  test("refuses a build of another commit than was asked for", () => {
    const start = { type: "build", commit: "a".repeat(40), detach: false } as const
    const { plan } = stateIn("building")
    const other = ended("SUCCEEDED", { commit: "b".repeat(40) })
    const event = { type: "build-seen", build: other, random: 0.5 } as const
    const { phase } = react("building", event, { plan: { ...plan, start } })
    expect(phase).toMatchObject({ ending: { failure: { code: "IMAGE_UNUSABLE" } } })
  })

  test("does not go back where that is not wanted", () => {
    const { plan } = stateIn("examining")
    const { phase, effects } = react("examining", happenings.examined, { plan: { ...plan, rollback: false } })
    expect(phase.name).toBe("closing")
    expect(effects).toEqual(["doomed", "do unlock"])
  })

  test("looks again at the workloads after the last hook", () => {
    const { plan, targets } = stateIn("rolling")
    const hooks = { before: [], after: ["smoke"] }
    const hook = { name: "hook", when: "after", index: 0 } as const
    const then = { plan: { ...plan, hooks }, targets, phase: hook }
    expect(react("hook", happenings["hook-ended"], { ...then, view }).effects).toEqual([
      "hook-ended",
      "rollout",
      "do unlock",
    ])
    const unready = { ...view, pods: [pod("a"), pod("b", { ready: false })] }
    const { phase } = react("hook", happenings["hook-ended"], { ...then, view: unready })
    expect(phase).toEqual({ name: "rolling", hooked: true })
  })

  test("waits for the answers to its patches when the watch ends for good", () => {
    const { state } = react("patching", happenings.unwatchable)
    const { state: last, effects } = step(state, { atMs, ...happenings.patched })
    expect(last.phase).toMatchObject({ name: "closing", ending: { failure: broken } })
    expect(effects.map(said)).toEqual(["patched", "do unlock"])
  })
})
