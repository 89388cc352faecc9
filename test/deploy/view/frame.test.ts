import cliTruncate from "cli-truncate"
import fc from "fast-check"
import { expect, test } from "vitest"
import { nobody, noLock, type Target } from "../../../src/deploy/core/state.ts"
import type { Verdict } from "../../../src/deploy/core/verdict.ts"
import { frame } from "../../../src/deploy/view/frame.ts"
import { build, phaseNames, stateIn, target } from "../core/scene.ts"
import { troubleOf } from "./progress.ts"

const plain = { logTail: [], sinceMs: 0, columns: 80, rows: 24, paint: (_: string, text: string) => text }
const painted = (colour: string, text: string) => `\u001b[${colour}m${text}\u001b[0m`

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 150 }),
  fc.string({ unit: "binary", maxLength: 60 }),
)
const pods = fc.nat({ max: 2_000 })
const counts = fc.record({ total: pods, updated: pods, ready: pods, old: pods })
const trouble = text.map(troubleOf)
const verdict: fc.Arbitrary<Verdict | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    type: fc.constant("progressing" as const),
    counts,
    waitsFor: text,
    troubles: fc.array(trouble, { maxLength: 4 }),
  }),
  fc.record({ type: fc.constant("done" as const), counts, note: fc.constant(null) }),
  fc.record({ type: fc.constant("doomed" as const), counts, trouble }),
  fc.record({ type: fc.constant("foreign" as const), counts, images: fc.array(text, { maxLength: 2 }) }),
  fc.record({ type: fc.constant("gone" as const), counts }),
)
const stage = fc.constantFrom<Target["stage"]>("untouched", "forward", "restoring", "back", "stuck")
const targets = fc.array(
  fc
    .tuple(text, verdict, stage)
    .map(([name, found, at]) => target({ text: name, verdict: found, stage: at })),
  { maxLength: 30 },
)

test.each([80, 40, 20])(
  "no frame is wider than %d columns or higher than its terminal, in any state",
  (columns) => {
    fc.assert(
      fc.property(
        fc.record({
          phase: fc.constantFrom(...phaseNames),
          targets,
          currentPhase: text,
          logTail: fc.array(text, { maxLength: 9 }),
          rows: fc.integer({ min: 2, max: 60 }),
          blindSinceMs: fc.constantFrom(null, 0),
          nowMs: fc.nat(),
        }),
        ({ phase, currentPhase, logTail, rows, ...rest }) => {
          const state = stateIn(phase, { ...rest, build: build({ currentPhase }) })
          const safe = logTail.map((line) => line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ""))
          const lines = frame(state, { logTail: safe, sinceMs: 0, columns, rows, paint: painted }).split("\n")
          expect(lines.length).toBeLessThanOrEqual(Math.min(20, rows - 1))
          for (const line of lines) {
            // What fits is not cut.
            expect(cliTruncate(line, columns)).toBe(line)
            expect(line.replaceAll(/\u001b\[\d*m/g, "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
          }
        },
      ),
    )
  },
)

const done = { type: "done", counts: { total: 3, updated: 3, ready: 3, old: 0 }, note: null } as const
const failing = {
  type: "progressing",
  counts: { total: 5, updated: 5, ready: 3, old: 1 },
  waitsFor: "2 more new pods",
  troubles: [{ ...troubleOf("CrashLoopBackOff"), pod: "web-1", container: "app", pods: 1 }],
} as const

test("a rollout is drawn with one line for each workload, and its pods in trouble beneath", () => {
  const state = stateIn("rolling", {
    nowMs: 65_000,
    targets: [
      target({ stage: "forward", verdict: failing }),
      target({ stage: "forward", verdict: done }, "StatefulSet", "queue"),
    ],
  })
  expect(frame(state, plain).split("\n")).toEqual([
    "production  rolling out sha256:111111111111  1m 05s",
    "  deployment/web     3/5/5       [######....]  waits for 2 more new pods",
    "    pod web-1 (app) CrashLoopBackOff (exit status 5, 2 restarts):",
    "      CrashLoopBackOff",
    "  statefulset/queue  3/3/3       [##########]  done",
  ])
})

const refused =
  "envseal: ACCESS_DENIED: KMS refused kms:Decrypt on alias/envseal-production to shop-pod (credentials " +
  "from EKS Pod Identity): because no identity-based policy allows the kms:Decrypt action"

test("what a pod said is drawn on three lines at most, and once for all pods that said it", () => {
  const trouble = { ...troubleOf("CrashLoopBackOff"), container: "app", message: refused }
  const troubles = ["a", "b"].map((name) => ({ ...trouble, pod: `web-jpqbbzrh6f-9s82${name}` }))
  const state = stateIn("rolling", {
    targets: [target({ stage: "forward", verdict: { ...failing, troubles } })],
  })
  expect(frame(state, plain).split("\n").slice(2)).toEqual([
    "    pod web-jpqbbzrh6f-9s82a (app) CrashLoopBackOff (exit status 5, 2 restarts,",
    "      2 pods): envseal: ACCESS_DENIED: KMS refused kms:Decrypt on",
    "      alias/envseal-production to shop-p…ed policy allows the kms:Decrypt action",
  ])
})

test("a CronJob is drawn without numbers and bar: it has no pods to watch", () => {
  const counts = { total: 0, updated: 0, ready: 0, old: 0 }
  const verdict = { type: "done", counts, note: "its next run will use it" } as const
  const targets = [
    target({ stage: "forward", verdict: done }),
    target({ stage: "forward", verdict }, "CronJob", "report"),
  ]
  expect(frame(stateIn("rolling", { targets }), plain).split("\n").slice(1)).toEqual([
    "  deployment/web  3/3/3       [##########]  done",
    "  cronjob/report  no pods                   its next run will use it",
  ])
})

test("the time of what is done now stands before that of the whole run", () => {
  const state = stateIn("rolling", { nowMs: 65_000, targets: [] })
  expect(frame(state, { ...plain, sinceMs: 60_000 })).toBe(
    "production  rolling out sha256:111111111111  5s, 1m 05s in all",
  )
})

test("with more workloads than rows, those that are not done are drawn, and the others counted", () => {
  const many = Array.from({ length: 30 }, (_, n) =>
    target({ stage: "forward", verdict: n === 29 ? failing : done }, "Deployment", `web-${n}`),
  )
  const lines = frame(stateIn("rolling", { targets: many }), plain).split("\n")
  expect(lines.some((line) => line.includes("deployment/web-29"))).toBe(true)
  expect(lines.at(-1)).toBe("  and 29 more")
})

test("a build is drawn with its phase, its time and the end of its log", () => {
  const state = stateIn("building", { nowMs: 5_000, build: build({ currentPhase: "PRE_BUILD" }) })
  expect(frame(state, { ...plain, logTail: ["one", "two"] }).split("\n")).toEqual([
    "production  build shop:1  PRE_BUILD  5s",
    "  | one",
    "  | two",
  ])
})

test("a lost lock and a cluster out of sight are told beneath the first line", () => {
  const framed = (lostTo: string) => {
    const lock = { ...noLock, status: "lost", lostTo } as const
    return frame(stateIn("rolling", { lock, blindSinceMs: 0, nowMs: 7_000 }), plain)
  }
  expect(framed("bert@ci")).toContain("another run has taken the lock")
  expect(framed("bert@ci")).toContain("the cluster cannot be seen for 7s")
  expect(framed(nobody)).toContain("the lock was deleted")
})
