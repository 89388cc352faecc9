import { describe, expect, test } from "vitest"
import type { Effect } from "../../../src/deploy/core/effect.ts"
import type { Happening } from "../../../src/deploy/core/event.ts"
import type { DeployState } from "../../../src/deploy/core/state.ts"
import { stepAwake } from "./course.ts"
import {
  awakeUntil,
  broken,
  build,
  deployment,
  ended,
  newImage,
  nowhere,
  oldImage,
  otherImage,
  type PhaseName,
  phaseNames,
  pod,
  refused,
  release,
  stateIn,
} from "./scene.ts"

const changed = {
  given: { app: newImage },
  generation: 2,
  staleDeadline: null,
  changed: true,
  before: { app: oldImage },
}
const view = { ...nowhere, workloads: [deployment()], pods: [pod("a"), pod("b")] }

type Answers = { readonly [T in Happening["type"]]: Extract<Happening, { type: T }> }

/** One of each; a build is found to be done, a workload to be rolled out. */
const happenings: Answers = {
  time: { type: "time" },
  checked: { type: "checked", ask: 1, targets: [] },
  "check-failed": { type: "check-failed", ask: 1, failure: broken },
  locked: { type: "locked", renewAfterMs: 20_000 },
  "lock-refused": { type: "lock-refused", failure: broken },
  "lock-renewed": { type: "lock-renewed", ask: 1 },
  "lock-unsure": { type: "lock-unsure", ask: 1 },
  "lock-lost": { type: "lock-lost", holder: "somebody" },
  unlocked: { type: "unlocked", why: null },
  "build-started": { type: "build-started", build: build() },
  "build-refused": { type: "build-refused", failure: broken },
  "build-seen": { type: "build-seen", ask: 1, build: ended("SUCCEEDED"), random: 0.5 },
  "build-missing": { type: "build-missing", ask: 1, random: 0.5 },
  "build-unseen": { type: "build-unseen", ask: 1, failure: broken, reason: "passing", random: 0.5 },
  "build-stopped": { type: "build-stopped", failure: null },
  "log-drained": { type: "log-drained" },
  "image-found": { type: "image-found", release },
  resealed: { type: "resealed" },
  "image-refused": { type: "image-refused", failure: broken },
  "hook-began": { type: "hook-began", hook: "migrate", job: "envseal-migrate-1" },
  "hook-ended": { type: "hook-ended", hook: "migrate" },
  "hook-failed": { type: "hook-failed", hook: "migrate", failure: broken, over: true },
  patched: { type: "patched", did: "patch", workload: "deployment/web", ...changed },
  "patch-failed": {
    type: "patch-failed",
    did: "patch",
    workload: "deployment/web",
    failure: refused,
    foreign: false,
  },
  recorded: { type: "recorded", workload: "deployment/web", failure: null },
  "job-deleted": { type: "job-deleted", uid: "uid-job", failure: null },
  seen: { type: "seen", view },
  unseen: { type: "unseen", why: "it broke" },
  unwatchable: { type: "unwatchable", failure: broken },
  examined: { type: "examined", clues: { workload: "deployment/web", log: [], events: [] } },
  interrupted: { type: "interrupted", signal: "SIGINT" },
}

const events: { readonly [name: string]: Happening } = {
  ...happenings,
  restored: { ...happenings.patched, did: "restore" },
  "record-failed": { ...happenings.recorded, failure: refused },
  "restore-failed": { ...happenings["patch-failed"], did: "restore" },
}

/** The phase that follows, and the effects in their order; progress by its type. */
type Row = readonly [phase: PhaseName, ...effects: readonly string[]]

/** Every pair that does something; in any other an event changes nothing. */
const table: { readonly [N in PhaseName]: { readonly [event: string]: Row } } = {
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
    "build-seen": [
      "imaging",
      "build-started",
      "do follow-log",
      "build-ended",
      "do drain-log",
      "do find-image",
    ],
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
  judging: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    resealed: ["patching", "resealed", "do observe", "do patch"],
    "image-refused": ["closing", "do unlock"],
    unseen: ["judging", "contact-lost"],
    interrupted: ["closing", "do unlock"],
  },
  confirming: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    unseen: ["confirming", "contact-lost"],
    interrupted: ["closing", "do unlock"],
  },
  hook: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    "hook-ended": ["patching", "hook-ended", "do observe", "do patch"],
    "hook-began": ["hook"],
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
    seen: ["proving", "rollout", "do prove"],
    unseen: ["rolling", "contact-lost"],
    unwatchable: ["closing", "do unlock"],
    interrupted: ["closing", "do unlock"],
  },
  examining: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    examined: ["restoring", "doomed", "going-back", "do restore"],
    // What was judged by what was seen before is judged again.
    unseen: ["rolling", "contact-lost"],
    unwatchable: ["closing", "do unlock"],
    interrupted: ["closing", "do unlock"],
  },
  restoring: {
    "lock-lost": ["restoring", "lock-lost"],
    restored: ["reverting", "restored"],
    "restore-failed": ["closing", "not-restored", "do unlock"],
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
  proving: {
    "lock-lost": ["ended", "lock-lost", "ended"],
    recorded: ["closing", "do unlock"],
    "record-failed": ["closing", "do unlock"],
    unseen: ["proving", "contact-lost"],
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
  return effect.do === "tell" ? effect.progress.type : `do ${effect.do}`
}

const atMs = 1_000

function react(name: PhaseName, event: Happening, change: Partial<DeployState> = {}) {
  const { state, effects } = stepAwake(stateIn(name, change), { atMs, ...event })
  return { phase: state.phase, state, effects: effects.map(said) }
}

const pairs = phaseNames.flatMap((name) =>
  Object.entries(events).map(([title, event]) => ({ name, title, event })),
)

describe("what follows from an event", () => {
  test.each(pairs)("in $name, when $title", ({ name, title, event }) => {
    const { state, effects } = react(name, event)
    const [phase, ...expected] = table[name][title] ?? [name]
    expect([state.phase.name, ...effects]).toEqual([phase, ...expected])
    if (table[name][title] !== undefined) return
    const before = stateIn(name)
    const { view: seen, lock, interrupt, unwatchable } = state
    const passedMs = name === "ended" ? 0 : atMs
    // What died before the first view is known from then on.
    const past = (index: number) => ({ pastDeaths: state.targets[index]?.pastDeaths ?? null })
    const targets = before.targets.map((one, index) => ({ ...one, ...past(index) }))
    const kept = { view: seen, lock, interrupt, unwatchable, nowMs: passedMs, atMs: passedMs, targets }
    expect(state).toEqual({ ...before, spent: state.spent, ...kept })
  })
})

/** Answers to what was asked before, which come late or twice. */
const late: readonly Happening[] = [
  { ...happenings["lock-renewed"], ask: 7 },
  { ...happenings["lock-unsure"], ask: 7 },
  { ...happenings["build-seen"], ask: 7 },
  { ...happenings["build-missing"], ask: 7 },
  { ...happenings["build-unseen"], ask: 7 },
  { ...happenings["build-unseen"], ask: 7, reason: "final" },
  { ...happenings.checked, ask: 7 },
  { ...happenings["check-failed"], ask: 7 },
  { ...happenings["hook-began"], hook: "smoke" },
  { ...happenings["hook-ended"], hook: "smoke" },
  { ...happenings["hook-failed"], hook: "smoke" },
]

describe("an answer to another question changes nothing", () => {
  test.each(phaseNames.flatMap((name) => late.map((event) => ({ name, event }))))(
    "in $name, when $event.type",
    ({ name, event }) => {
      const before = stateIn(name)
      const lock = {
        ...before.lock,
        renewing: before.lock.status === "held" ? [{ ask: 8, sentAtMs: 0 }] : [],
      }
      const { state, effects } = react(name, event, { lock })
      expect(effects).toEqual([])
      const passedMs = name === "ended" ? 0 : atMs
      expect(state).toEqual({ ...before, spent: state.spent, lock, nowMs: passedMs, atMs: passedMs })
    },
  )
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
  ["confirming", 600_001, "closing", ["do renew-lock", "do unlock"]],
  ["proving", 75_000, "closing", ["do renew-lock", "do unlock"]],
  ["examining", 10_000, "confirming", ["do renew-lock"]],
  ["leaving", 3_000, "closing", ["do unlock"]],
  ["stopping", 15_000, "closing", ["build-stopped", "do unlock"]],
  ["closing", 10_000, "ended", ["lock-left", "ended"]],
]

describe("when time goes on", () => {
  test.each(deadlines)("in %s, after %i ms, %s follows", (name, dueMs, phase, expected) => {
    const early = awakeUntil(stateIn(name), dueMs - 1)
    expect(stepAwake(early, { type: "time", atMs: dueMs - 1 }).state.phase.name).toBe(name)
    const { state, effects } = stepAwake(early, { type: "time", atMs: dueMs })
    expect([state.phase.name, ...effects.map(said)]).toEqual([phase, ...expected])
  })
})

describe("a run", () => {
  test("gives back a lock that is granted after it was interrupted", () => {
    const { state } = react("locking", happenings.interrupted)
    const late = stepAwake(state, { atMs, ...happenings.locked })
    expect(late.effects.map(said)).toEqual(["do unlock"])
    const over = stepAwake(late.state, { atMs, ...happenings.unlocked })
    expect(over.state.phase).toMatchObject({ name: "ended", ending: { type: "interrupted" } })
  })

  test("looks again at what it will change when it had to wait for its lock", () => {
    const { state, effects } = stepAwake(stateIn("locking"), { ...happenings.locked, atMs: 4_000 })
    expect([state.phase.name, ...effects.map(said)]).toEqual(["checking", "locked", "do check"])
    const stale = stepAwake(state, { ...happenings.checked, ask: 7, atMs: 4_100 })
    expect(stale.state.phase.name).toBe("checking")
    const ref = { kind: "Deployment", name: "web" } as const
    const targets = [{ ref, live: { app: otherImage }, releases: [] }]
    const seen = stepAwake(state, { type: "checked", ask: 1, targets, atMs: 4_100 })
    expect([seen.state.phase.name, ...seen.effects.map(said)]).toEqual([
      "starting",
      "checked",
      "do start-build",
    ])
    expect(seen.state.targets).toMatchObject([{ before: { app: otherImage } }])
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
    const { phase, effects } = react("building", { type: "build-seen", ask: 1, build: failed, random: 0.5 })
    expect(phase).toMatchObject({ name: "building", id: "shop:2" })
    expect(effects).toContain("build-retried")
  })

  test("ends with the build's own failure once its log is told", () => {
    const failed = ended("FAILED")
    const { state } = react("building", { type: "build-seen", ask: 1, build: failed, random: 0.5 })
    const { state: last } = stepAwake(state, { atMs, ...happenings["log-drained"] })
    expect(last.phase).toMatchObject({ ending: { type: "failed", failure: { code: "BUILD_FAILED" } } })
  })

  test("refuses a build of another commit than was asked for", () => {
    const start = { type: "build", commit: "a".repeat(40), detach: false } as const
    const { plan } = stateIn("building")
    const other = ended("SUCCEEDED", { commit: "b".repeat(40) })
    const event = { type: "build-seen", ask: 1, build: other, random: 0.5 } as const
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
    const hooks = { before: [], after: ["migrate"] }
    const hook = { name: "hook", when: "after", index: 0 } as const
    const then = { plan: { ...plan, hooks }, targets, phase: hook }
    expect(react("hook", happenings["hook-ended"], { ...then, view }).effects).toEqual([
      "hook-ended",
      "rollout",
      "do prove",
    ])
    const unready = { ...view, pods: [pod("a"), pod("b", { ready: false })] }
    const { phase } = react("hook", happenings["hook-ended"], { ...then, view: unready })
    expect(phase).toEqual({ name: "rolling", hooked: true })
  })

  test.each([
    [true, null],
    [false, "envseal-migrate-1"],
  ])("tells in the end which Job may still run, when that of a hook is over: %s", (over, job) => {
    const { state } = react("hook", happenings["hook-began"])
    expect(state.job).toBe("envseal-migrate-1")
    const failed = stepAwake(state, { atMs, ...happenings["hook-failed"], over })
    const { effects } = stepAwake(failed.state, { atMs, ...happenings.unlocked })
    expect(effects).toMatchObject([{ progress: { type: "ended", job } }])
  })

  const slept = { ...happenings["image-found"], atMs: 15_000 }

  test("makes sure of its lock before it changes anything, and asks again while it is not sure", () => {
    const { state, effects } = stepAwake(stateIn("imaging"), slept)
    expect([state.phase.name, ...effects.map(said)]).toEqual(["confirming", "image", "do renew-lock"])
    const unsure = stepAwake(state, { type: "lock-unsure", ask: 1, atMs: 16_000 })
    expect([unsure.state.phase.name, unsure.effects]).toEqual(["confirming", []])
    const again = stepAwake(unsure.state, { type: "time", atMs: 18_000 })
    expect(again.effects).toEqual([{ do: "renew-lock", ask: 2 }])
    const sure = stepAwake(again.state, { type: "lock-renewed", ask: 2, atMs: 18_100 })
    expect([sure.state.phase.name, ...sure.effects.map(said)]).toEqual(["patching", "do observe", "do patch"])
  })

  test("changes nothing when its lock is gone by the time it has its image", () => {
    const { state } = stepAwake(stateIn("imaging"), slept)
    const lost = stepAwake(state, { ...happenings["lock-lost"], atMs: 16_000 })
    expect(lost.state.phase).toMatchObject({ name: "ended", ending: { failure: { code: "LOCK_LOST" } } })
    expect(lost.effects.map(said)).toEqual(["lock-lost", "ended"])
  })

  test("makes sure of its lock again after its hooks", () => {
    const { state, effects } = stepAwake(stateIn("hook"), { ...happenings["hook-ended"], atMs: 15_000 })
    expect([state.phase.name, ...effects.map(said)]).toEqual(["confirming", "hook-ended", "do renew-lock"])
    const sure = stepAwake(state, { type: "lock-renewed", ask: 1, atMs: 15_100 })
    expect([sure.state.phase.name, ...sure.effects.map(said)]).toEqual(["patching", "do observe", "do patch"])
  })

  test("numbers what it asks one after the other", () => {
    const due = stateIn("building", { asks: 4 })
    const poll = { dueMs: 0, asked: null, throttled: 0, silentSinceMs: null }
    const phase = { name: "building", id: "shop:1", sinceMs: 0, poll } as const
    const { state, effects } = stepAwake({ ...due, phase }, { type: "time", atMs: 20_000 })
    expect(effects).toEqual([
      { do: "renew-lock", ask: 5 },
      { do: "read-build", id: "shop:1", ask: 6 },
    ])
    expect([state.asks, state.lock.renewing, state.phase]).toMatchObject([
      6,
      [{ ask: 5 }],
      { poll: { asked: 6 } },
    ])
  })

  test("gives up on pods that get ready in turns, after as long as all of them may take", () => {
    const unready = {
      ...nowhere,
      workloads: [deployment(2, { availableReplicas: 1 })],
      pods: [pod("a"), pod("b", { ready: false })],
    }
    const at = (ms: number) => stepAwake(stateIn("rolling"), { type: "seen", view: unready, atMs: ms }).state
    // Two pods, each of which may take 600 s, and 600 s beside.
    expect(at(1_799_999).phase.name).toBe("rolling")
    expect(at(1_800_000)).toMatchObject({
      phase: { name: "examining" },
      setback: { failure: { code: "ROLLOUT_FAILED", message: expect.stringContaining("at once in 1800 s") } },
    })
  })

  test("waits for the answers to its patches when the watch ends for good", () => {
    const { state } = react("patching", happenings.unwatchable)
    const { state: last, effects } = stepAwake(state, { atMs, ...happenings.patched })
    expect(last.phase).toMatchObject({ name: "closing", ending: { failure: broken } })
    expect(effects.map(said)).toEqual(["patched", "do unlock"])
  })
})
