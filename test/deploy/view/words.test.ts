import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ErrorCode } from "../../../src/core/error.ts"
import type { Ending, Progress } from "../../../src/deploy/core/progress.ts"
import { Narrator } from "../../../src/deploy/view/narrator.ts"
import { elapsed, logText } from "../../../src/deploy/view/shorthand.ts"
import { deploySummary } from "../../../src/deploy/view/summary.ts"
import { wordsOf } from "../../../src/deploy/view/words.ts"
import { here } from "../../fake/here.ts"
import { counts, failureOf, newsWith, troubleOf } from "./progress.ts"

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\u001b[2J",
      "\u001b]0;t\u0007",
      "\r",
      "\n",
      "\u009b",
      "\u202e",
      "\u2028",
      "\u0000",
      "\ud800",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
})
const scene = {
  environment: "production",
  kubectl: "kubectl --namespace shop",
  reseals: false,
  here: () => here,
}
const subject = { ...scene, build: null, image: null }
const silent = ["locked", "ended"]
const all = Object.values(newsWith("x"))

test.each(all.filter(({ type }) => !silent.includes(type)))("$type has words", (progress) => {
  expect(wordsOf(progress, here).join("")).not.toBe("")
})

test("nothing that others wrote can move the cursor, whatever the event", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const narrator = new Narrator({ ...scene, environment: text })
      for (const progress of Object.values(newsWith(text))) {
        for (const line of narrator.wordsOf(progress)) expect(line).not.toMatch(unsafe)
      }
    }),
  )
})

test("a line of a log loses its colours and control characters, and is cut at 2000 characters", () => {
  expect(logText("\u001b[31mred\u001b[0m \u001b]0;title\u0007end\r")).toBe("red end")
  expect(logText("10%\r50%\r100%")).toBe("100%")
  expect(logText("x".repeat(5_000))).toBe(`${"x".repeat(2_000)}…`)
  fc.assert(
    fc.property(hostile, (text) => {
      const line = logText(text)
      expect(line).not.toMatch(unsafe)
      expect(line.length).toBeLessThanOrEqual(2_001)
    }),
  )
})

test("a doomed rollout is told with its failure, the container's last lines and the events", () => {
  const clues = {
    workload: "deployment/web",
    log: ["envseal: ACCESS_DENIED: no"],
    events: ["BackOff: again"],
  }
  const words = wordsOf({ type: "doomed", failure: failureOf("web failed"), trouble: null, clues }, here)
  expect(words[0]).toContain("web failed")
  expect(words.slice(1).join("\n")).toMatch(/\n? +\| envseal: ACCESS_DENIED: no\n[\s\S]* +\| BackOff: again/)
})

const refused = "envseal: ACCESS_DENIED: KMS refused kms:Decrypt"
const doomed = {
  type: "doomed",
  failure: failureOf(`web: pod web-1: CrashLoopBackOff (exit status 5): ${refused}`),
  trouble: { ...troubleOf("web-1"), reason: "CrashLoopBackOff", message: refused },
  clues: null,
} as const

function timesTold(text: string, told: readonly Progress[]): number {
  const narrator = new Narrator(scene)
  return (
    told
      .flatMap((progress) => narrator.wordsOf(progress))
      .join("\n")
      .split(text).length - 1
  )
}

test("what a container said is told once, where it is first known, and for no other workload again", () => {
  const rollout = { ...newsWith("web").rollout, trouble: doomed.trouble }
  const other = { ...rollout, workload: "worker" }
  const words = "KMS refused kms:Decrypt"
  expect(timesTold(words, [rollout, other, { ...rollout, state: "doomed", waitsFor: null }, doomed])).toBe(1)
  expect(timesTold(words, [{ ...rollout, state: "doomed", waitsFor: null }, doomed])).toBe(1)
  const clues = { workload: "web", log: [`envseal: error: ${words} [ACCESS_DENIED]`], events: [] }
  expect(timesTold(words, [{ ...doomed, clues }])).toBe(1)
  expect(timesTold("CrashLoopBackOff", [{ ...doomed, clues }])).toBe(1)
})

test("a rollout is told again only when its state, ready pods or trouble changed", () => {
  const narrator = new Narrator(scene)
  const progress = newsWith("web").rollout
  expect(narrator.wordsOf(progress)).not.toEqual([])
  expect(narrator.wordsOf({ ...progress, counts: { ...counts, updated: 5 }, waitsFor: "more" })).toEqual([])
  expect(narrator.wordsOf({ ...progress, counts: { ...counts, ready: 4 } })).not.toEqual([])
  expect(narrator.wordsOf({ ...progress, counts: { ...counts, ready: 4 }, trouble: null })).not.toEqual([])
})

test("a rollout whose pods are all ready is told again when it waits for something else, and not for fewer pods", () => {
  const narrator = new Narrator(scene)
  const progress = { ...newsWith("web").rollout, counts: { total: 2, updated: 2, ready: 2, old: 0 } }
  const linesFor = (waitsFor: string) => narrator.wordsOf({ ...progress, waitsFor }).length
  expect(linesFor("2 new pods to be available")).toBe(1)
  expect(linesFor("1 new pod to be available")).toBe(0)
  expect(linesFor("1 old pod to end")).toBe(1)
  expect(linesFor("its pods to stay ready for 10 s")).toBe(1)
  expect(linesFor("its pods to stay ready for 60 s")).toBe(1)
  expect(linesFor("its pods to stay ready for 60 s")).toBe(0)
})

/** A run that failed by this code, after which a build that is followed again would end the same way or not. */
const failedBy = (code: ErrorCode): Ending => ({
  ...{ type: "failed", failure: failureOf("x", code), trouble: null, clues: null },
})
const endings: readonly (readonly [Ending, boolean])[] = [
  [{ type: "deployed" }, false],
  [{ type: "detached" }, true],
  [{ type: "interrupted", signal: "SIGINT", buildStopped: false }, true],
  [{ type: "interrupted", signal: "SIGINT", buildStopped: true }, false],
  [failedBy("ROLLOUT_FAILED"), true],
  [failedBy("REMOTE_FAILED"), true],
  [failedBy("LOCK_LOST"), true],
  [failedBy("BUILD_FAILED"), false],
  [failedBy("BUILD_NOT_STARTED"), false],
  [failedBy("PROJECT_UNUSABLE"), false],
  // Somebody else has deployed since: to go on would take that back.
  [failedBy("SUPERSEDED"), false],
]

const nothingMore = { from: null, to: null, spent: [] } as const

test.each(endings)("the command that resumes ends the summary of %j: %s", (ending, resumes) => {
  const ended = { type: "ended", ending, standing: "new", workloads: [], job: null, ...nothingMore } as const
  const words = deploySummary(ended, { ...subject, build: "shop:1" }, here)
  expect(words.at(-1)?.endsWith("envseal deploy production --resume shop:1")).toBe(resumes)
  expect(deploySummary(ended, subject, here).join("\n")).not.toContain("--resume")
})

test("the summary tells of a Job that may still run, with the commands to look at it and to stop it", () => {
  const ending = { type: "interrupted", signal: "SIGINT", buildStopped: false } as const
  const job = "envseal-migrate-1b2c"
  const ended = { type: "ended", ending, standing: "untouched", workloads: [], job, ...nothingMore } as const
  expect(deploySummary(ended, subject, here)).toEqual([
    "interrupted: production was not changed",
    `the Job ${job} of a hook may still run; to see what it does, and to stop it:`,
    `    kubectl --namespace shop logs --follow job/${job}`,
    `    kubectl --namespace shop delete job ${job}`,
  ])
})

test("the summary of a deploy that left an image tells how to go back, and how to go on", () => {
  const ending = { type: "interrupted", signal: "SIGINT", buildStopped: false } as const
  const ended = {
    type: "ended",
    ending,
    standing: "unproven",
    workloads: [],
    job: null,
    ...nothingMore,
  } as const
  expect(deploySummary(ended, { ...subject, image: "shop@sha256:12ab" }, here).slice(1)).toEqual([
    "to go back to what ran before:",
    "    envseal rollback production",
    "to go on:",
    "    envseal deploy production --image sha256:12ab",
  ])
})

test("the summary tells what each workload runs, with its note", () => {
  const image = `shop@sha256:${"1".repeat(64)}`
  const end = { images: { app: image, init: image }, state: "new", counts: { ...counts, ready: 5 } } as const
  const words = deploySummary(
    {
      ...nothingMore,
      type: "ended",
      ending: { type: "deployed" },
      standing: "new",
      workloads: [
        { ...end, workload: "deployment/web", note: null },
        { ...end, workload: "cronjob/nightly", counts: { ...counts, total: 0 }, note: "it is suspended" },
        {
          ...end,
          workload: "cronjob/report",
          counts: { ...counts, total: 0 },
          note: "its next run will use it",
        },
      ],
      job: null,
    },
    { ...subject, image },
    here,
  )
  expect(words).toEqual([
    "deployed: production runs the wanted release",
    "  deployment/web   sha256:111111111111  5/5 ready  as wanted",
    "  cronjob/nightly  sha256:111111111111             as wanted (it is suspended)",
    "  cronjob/report   sha256:111111111111  next run   as wanted",
  ])
})

test.each([
  [-1, "0s"],
  [5.9, "5s"],
  [65, "1m 05s"],
  [3_605, "1h 00m 05s"],
])("%d seconds are %s", (seconds, text) => {
  expect(elapsed(seconds)).toBe(text)
})

describe("the summary of a run", () => {
  const from = {
    images: { app: `shop@sha256:${"1".repeat(64)}` },
    commit: "1f".repeat(20),
    by: "anna@laptop",
  }
  const to = { images: { app: `shop@sha256:${"2".repeat(64)}` }, commit: "2e".repeat(20), build: "shop:2" }
  const spent = [
    { part: "check", ms: 900 },
    { part: "build", ms: 95_400 },
    { part: "rollout", ms: 27_800 },
  ] as const
  const ended = { type: "ended", standing: "new", workloads: [], job: null, from, to, spent } as const
  const deployed = { type: "deployed" } as const

  test("tells from which release to which it deployed, and how long its parts took", () => {
    expect(deploySummary({ ...ended, ending: deployed }, { ...subject, image: "shop" }, here)).toEqual([
      "deployed: production runs the wanted release",
      "  from 111111111111, commit 1f1f1f1",
      "  to   222222222222, build 2, commit 2e2e2e2",
      "  took 2m 04s: build 1m 35s, rollout 27s",
    ])
  })

  test.each([
    ["it did not end well", { ending: failedBy("ROLLOUT_FAILED") }],
    ["the image ran already", { to: { ...from } }],
    ["the workloads ran different ones", { from: null }],
    ["the new one is not known", { to: null }],
  ])("tells no way when %s", (_, change) => {
    const words = deploySummary({ ...ended, ending: deployed, ...change }, subject, here).join("\n")
    expect(words).not.toContain("from ")
    expect(words).toContain("took 2m 04s")
  })

  test("tells no time of a run that took less than a second", () => {
    const short = { ...ended, ending: deployed, spent: [{ part: "check", ms: 999 }] } as const
    expect(deploySummary(short, subject, here).join("\n")).not.toContain("took")
  })
})
