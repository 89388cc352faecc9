import fc from "fast-check"
import { expect, test } from "vitest"
import { JsonView } from "../../../src/deploy/view/json-view.ts"
import { LiveView } from "../../../src/deploy/view/live-view.ts"
import { type LogGroups, logGroupsOf } from "../../../src/deploy/view/log-groups.ts"
import type { LogMode } from "../../../src/deploy/view/log-share.ts"
import { PlainView } from "../../../src/deploy/view/plain-view.ts"
import { here } from "../../fake/here.ts"
import { identity } from "../../script/harness.ts"
import { stateIn } from "../core/scene.ts"
import { failureOf, newsWith } from "./progress.ts"

const clock = () => new Date(2026, 0, 2, 12, 3, 4)
const logLine = (text: string) => ({ atMs: 0, text })
const buildFailed = {
  ...newsWith("x").ended,
  ending: { type: "failed", failure: failureOf("x", "BUILD_FAILED"), trouble: null, clues: null },
} as const

const scene = {
  environment: "production",
  kubectl: "kubectl --namespace shop",
  reseals: false,
  here: () => here,
}

function plain(logs: LogMode, quiet = false, now = clock, groups: LogGroups | null = null) {
  const lines: string[] = []
  const write = (text: string) => lines.push(...text.trimEnd().split("\n"))
  return { lines, view: new PlainView({ ...scene, logs, quiet, groups, now, write }) }
}

test("a plain view begins each line with the time of day", () => {
  const { lines, view } = plain("full")
  view.line("build", logLine("\u001b[1mcomposer install\u001b[0m"))
  view.progress({ type: "contact-found" })
  expect(lines).toEqual(["12:03:04 | composer install", "12:03:04 the cluster can be seen again"])
})

test.each([
  ["GitHub Actions", { GITHUB_ACTIONS: "true" }, "::group::log of the build", "::endgroup::"],
  [
    "GitLab",
    { GITLAB_CI: "true" },
    "\u001b[0Ksection_start:1767355384:envseal_log_1[collapsed=true]\r\u001b[0Klog of the build",
    "\u001b[0Ksection_end:1767355384:envseal_log_1\r\u001b[0K",
  ],
])("in %s each stretch of a log is a group, and nothing else is in it", (_, environment, begin, end) => {
  const now = () => new Date("2026-01-02T12:03:04Z")
  const { lines, view } = plain("full", false, now, logGroupsOf(environment))
  view.endGroup()
  for (const text of ["one", "::group::two", "\u001b[0Ksection_end:1:x\r\u001b[0Kthree"])
    view.line("build", logLine(text))
  view.progress({ type: "contact-found" })
  view.line("hook", logLine("four"))
  view.endGroup()
  const at = lines[1]?.slice(0, 8)
  expect(lines.map((line) => line.replace(`${at} `, ""))).toEqual([
    ...[begin, "| one", "| ::group::two", expect.stringMatching(/^\| (?!.*\u001b).*three$/), end],
    "the cluster can be seen again",
    begin.replace("build", "hook").replace("log_1", "log_2"),
    "| four",
    end.replace("log_1", "log_2"),
  ])
})

test("the end of a log that failed is in no group, and neither is any line where the CI has none", () => {
  const failed = plain("tail", false, clock, logGroupsOf({ GITHUB_ACTIONS: "true" }))
  failed.view.line("build", logLine("its last words"))
  failed.view.progress(buildFailed)
  failed.view.endGroup()
  expect(failed.lines.join("\n")).toContain("its last words")
  expect(failed.lines.join("\n")).not.toContain("::")
  expect(logGroupsOf({ CI: "true", CODEBUILD_BUILD_ID: "shop:1", GITHUB_ACTIONS: "" })).toBeNull()
})

test("the last 20 lines of a build's log are told once it failed, with --logs tail", () => {
  const { lines, view } = plain("tail")
  for (let n = 1; n <= 30; n++) view.line("build", logLine(`line ${n}`))
  expect(lines).toEqual([])
  view.progress(buildFailed)
  expect(lines.filter((line) => line.includes("| line"))).toHaveLength(20)
  expect(lines[0]).toContain("| line 11")
})

test.each([
  ["hook", "HOOK_FAILED"],
  ["build", "BUILD_FAILED"],
] as const)(
  "the end of a %s's log is shown once, with --logs tail, however often its failure is",
  (from, code) => {
    const { lines, view } = plain("tail")
    const failure = failureOf("x", code)
    const told = () => lines.filter((line) => line.includes("| ")).length
    view.line(from, logLine("the last words"))
    view.line(from === "hook" ? "build" : "hook", logLine("of another log"))
    view.progress({ ...newsWith("x").doomed, failure, clues: null })
    expect([told(), lines[0]]).toEqual([1, "12:03:04 | the last words"])
    view.progress({ ...newsWith("x").ended, ending: { type: "failed", failure, trouble: null, clues: null } })
    expect(told()).toBe(1)
  },
)

test.each([
  ["build", newsWith("x")["build-started"]],
  ["build", newsWith("x")["build-retried"]],
  ["hook", newsWith("x")["hook-started"]],
] as const)("the log of what ran before is not told for a %s that fails after $type", (from, begins) => {
  const { lines, view } = plain("tail")
  view.line(from, logLine("of the one before"))
  view.progress(begins)
  view.line(from, logLine("its own"))
  const failure = failureOf("x", from === "hook" ? "HOOK_FAILED" : "BUILD_FAILED")
  view.progress({ ...newsWith("x").ended, ending: { type: "failed", failure, trouble: null, clues: null } })
  expect(lines.join("\n")).toContain("| its own")
  expect(lines.join("\n")).not.toContain("of the one before")
})

test("no line of a log is told with --logs none, nor with tail when the build succeeded", () => {
  for (const [logs, progress] of [
    ["none", buildFailed],
    ["tail", newsWith("x").ended],
  ] as const) {
    const { lines, view } = plain(logs)
    view.line("build", logLine("a line"))
    view.progress(progress)
    expect(lines.join("\n")).not.toContain("a line")
  }
})

test("every line of a JSON view is one object with a time, free of control characters, with the text as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const lines: string[] = []
      const view = new JsonView(clock, (line) => lines.push(line))
      for (const progress of Object.values(newsWith(text))) view.progress(progress)
      view.line("hook", logLine(text))
      for (const line of lines) expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      const told = lines.map((line): unknown => JSON.parse(line))
      const at = clock().toISOString()
      expect(told.slice(0, -1)).toEqual(
        Object.values(newsWith(text)).map((progress) => ({ at, ...progress })),
      )
      expect(told.at(-1)).toEqual({ at, type: "log", from: "hook", text })
    }),
    { numRuns: 20 },
  )
})

test("an identity in a log, a trouble or a failure is told by no view", () => {
  const jsonLines: string[] = []
  const json = new JsonView(clock, (line) => jsonLines.push(line))
  const { lines, view: plainView } = plain("full")
  for (const view of [json, plainView]) {
    for (const progress of Object.values(newsWith(identity))) view.progress(progress)
    view.line("build", logLine(identity))
  }
  for (const told of [jsonLines, lines]) {
    expect(told.join("\n")).toContain("AGE-SECRET-KEY-…")
    expect(told.join("\n")).not.toContain(identity)
  }
})

test("a build's phase is one line with its time, and one more when it takes long", () => {
  let seconds = 0
  const { lines, view } = plain("none", false, () => new Date(2026, 0, 2, 12, 0, seconds))
  const phase = (name: string, status: string | null, took: number | null) =>
    view.progress({ type: "build-phase", phase: name, status, seconds: took })
  phase("INSTALL", null, null)
  view.state()
  phase("INSTALL", "SUCCEEDED", 1)
  phase("BUILD", null, null)
  for (seconds = 0; seconds <= 40; seconds++) view.state()
  phase("BUILD", "FAILED", 40)
  phase("COMPLETED", null, null)
  for (; seconds <= 59; seconds++) view.state()
  expect(lines).toEqual([
    "12:00:00 build INSTALL 1s",
    "12:00:10 build BUILD goes on",
    "12:00:41 build BUILD failed 40s",
  ])
})

test("a quiet view tells what went wrong and what runs now, and nothing of a deploy that is done", () => {
  const { lines, view } = plain("none", true)
  const { ended, doomed, ...others } = newsWith("x")
  for (const progress of [
    others.checked,
    others["build-phase"],
    others.image,
    others.patched,
    others.rollout,
  ])
    view.progress(progress)
  view.progress({ ...ended, ending: { type: "deployed" } })
  expect(lines).toEqual([])
  const { trouble } = others.rollout
  view.progress({
    ...doomed,
    failure: failureOf("web: x: x"),
    trouble,
    clues: { workload: "web", log: ["end"], events: [] },
  })
  view.progress(ended)
  expect(lines[0]).toBe("12:03:04 web: x: x")
  expect(lines.join("\n")).toMatch(/its last lines:[\s\S]*failed: production/)
})

/** A terminal that remembers what stays on it and what is drawn. */
function screen() {
  const kept: string[] = []
  const frames: string[] = []
  const shown = { frame: "", done: 0, atMs: 0 }
  const draw = (text: string) => {
    shown.frame = text
    frames.push(text)
  }
  const update = Object.assign(draw, {
    persist: (text: string) => {
      shown.frame = ""
      kept.push(...text.split("\n"))
    },
    clear: () => {
      shown.frame = ""
    },
    done: () => {
      shown.done++
    },
  })
  const view = new LiveView({
    ...scene,
    logs: "tail",
    terminal: { update, columns: () => 80, rows: () => 24 },
    clock: { now: () => new Date(shown.atMs) },
    paint: (_, text) => text,
  })
  return { view, kept, frames, shown }
}

test("a live view draws at most ten times a second", () => {
  const { view, frames, shown } = screen()
  for (let ms = 0; ms < 1_000; ms += 10) {
    shown.atMs = ms
    view.state(stateIn("building", { nowMs: ms }))
  }
  expect(frames.length).toBeGreaterThan(1)
  expect(frames.length).toBeLessThanOrEqual(10)
})

test("a live view keeps the last five lines of the log in its frame, and what happened above it", () => {
  const { view, kept, shown } = screen()
  for (let n = 1; n <= 9; n++) view.line("build", logLine(`line ${n}`))
  view.progress({ type: "contact-found" })
  view.state(stateIn("building"))
  expect(kept).toEqual(["the cluster can be seen again"])
  expect(shown.frame.match(/line \d/g)).toEqual(["line 5", "line 6", "line 7", "line 8", "line 9"])
})

test("a live view breaks what it keeps between words, and never a command", () => {
  const { view, kept } = screen()
  const id = "shop-production:1b2c3d4e-0000-4000-8000-000000000000"
  const started = { ...newsWith("x")["build-started"], build: id, source: "1f".repeat(20) }
  view.progress(started)
  view.progress({
    ...newsWith("x").ended,
    ending: { type: "interrupted", signal: "SIGINT", buildStopped: false },
  })
  view.end()
  expect(kept).toContain(`build ${id} (number 42) of`)
  expect(kept).toContain(`  ${"1f".repeat(20)}`)
  expect(kept.at(-1)).toBe(`    envseal deploy production --resume ${id}`)
  expect(kept.at(-1)?.length).toBeGreaterThan(80)
})

test("a live view counts the time of each activity from where it began", () => {
  const { view, shown } = screen()
  view.state(stateIn("building", { nowMs: 0 }))
  shown.atMs = 60_000
  view.state(stateIn("rolling", { nowMs: 60_000 }))
  shown.atMs = 65_000
  view.state(stateIn("rolling", { nowMs: 65_000 }))
  expect(shown.frame).toContain("5s, 1m 05s in all")
})

test("a live view ends with the summary in the place of the frame", () => {
  const { view, kept, shown } = screen()
  view.state(stateIn("rolling"))
  view.progress({ type: "image", image: "shop@sha256:1", commit: null, secretVersion: null, sealedAt: null })
  view.progress({ ...newsWith("deployment/web").ended, ending: { type: "deployed" }, standing: "new" })
  view.state(stateIn("ended"))
  view.end()
  expect(shown.frame).toBe("")
  expect(shown.done).toBeGreaterThan(0)
  expect(kept[1]).toBe("deployed: production runs the wanted release")
  expect(kept[2]).toContain("deployment/web")
})
