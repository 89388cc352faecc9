import fc from "fast-check"
import { expect, test } from "vitest"
import { JsonView } from "../../../src/cli/deploy/json-view.ts"
import { LiveView } from "../../../src/cli/deploy/live-view.ts"
import type { LogMode } from "../../../src/cli/deploy/log-share.ts"
import { PlainView } from "../../../src/cli/deploy/plain-view.ts"
import { stateIn } from "../../deploy/scene.ts"
import { failureOf, newsWith } from "./news.ts"

const now = () => new Date(2026, 0, 2, 12, 3, 4)
const logLine = (text: string) => ({ atMs: 0, text })
const buildFailed = {
  ...newsWith("x").ended,
  ending: { type: "failed", failure: failureOf("x", "BUILD_FAILED"), trouble: null, clues: null },
} as const

function plain(logs: LogMode) {
  const lines: string[] = []
  const write = (text: string) => lines.push(...text.trimEnd().split("\n"))
  return { lines, view: new PlainView({ environment: "production", logs, now, write }) }
}

test("a plain view begins each line with the time of day", () => {
  const { lines, view } = plain("full")
  view.line("build", logLine("\u001b[1mcomposer install\u001b[0m"))
  view.news({ type: "contact-found" })
  expect(lines).toEqual(["12:03:04 | composer install", "12:03:04 the cluster can be seen again"])
})

test("the last 20 lines of a build's log are told once it failed, with --logs tail", () => {
  const { lines, view } = plain("tail")
  for (let n = 1; n <= 30; n++) view.line("build", logLine(`line ${n}`))
  expect(lines).toEqual([])
  view.news(buildFailed)
  expect(lines.filter((line) => line.includes("| line"))).toHaveLength(20)
  expect(lines[0]).toContain("| line 11")
})

test("no line of a log is told with --logs none, nor with tail when the build succeeded", () => {
  for (const [logs, news] of [
    ["none", buildFailed],
    ["tail", newsWith("x").ended],
  ] as const) {
    const { lines, view } = plain(logs)
    view.line("build", logLine("a line"))
    view.news(news)
    expect(lines.join("\n")).not.toContain("a line")
  }
})

test("every line of a JSON view is one object with a time, free of control characters, with the text as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const lines: string[] = []
      const view = new JsonView(now, (line) => lines.push(line))
      for (const news of Object.values(newsWith(text))) view.news(news)
      view.line("hook", logLine(text))
      for (const line of lines) expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      const told = lines.map((line): unknown => JSON.parse(line))
      const at = now().toISOString()
      expect(told.slice(0, -1)).toEqual(Object.values(newsWith(text)).map((news) => ({ at, ...news })))
      expect(told.at(-1)).toEqual({ at, type: "log", from: "hook", text })
    }),
    { numRuns: 20 },
  )
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
    environment: "production",
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
  view.news({ type: "contact-found" })
  view.state(stateIn("building"))
  expect(kept).toEqual(["the cluster can be seen again"])
  expect(shown.frame.match(/line \d/g)).toEqual(["line 5", "line 6", "line 7", "line 8", "line 9"])
})

test("a live view ends with the summary in the place of the frame", () => {
  const { view, kept, shown } = screen()
  view.state(stateIn("rolling"))
  view.news({ ...newsWith("deployment/web").ended, ending: { type: "deployed" }, standing: "new" })
  view.state(stateIn("ended"))
  view.end()
  expect(shown.frame).toBe("")
  expect(shown.done).toBeGreaterThan(0)
  expect(kept[0]).toBe("deployed: production runs the wanted release")
  expect(kept[1]).toContain("deployment/web")
})
