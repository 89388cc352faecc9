import { describe, expect, test } from "vitest"
import type { EnvironmentStatus } from "../../src/status/core/status.ts"
import { documentOf, statusOf } from "../../src/status/view/document.ts"
import { tableOf } from "../../src/status/view/table.ts"
import { JsonStatusView, LiveStatusView, PlainStatusView } from "../../src/status/view/view.ts"
import { failureOf } from "../deploy/view/progress.ts"
import { here } from "../fake/here.ts"
import { identity } from "../script/harness.ts"
import { screen } from "./screen.ts"

const now = () => new Date("2026-01-02T03:04:05.678Z")
const status: EnvironmentStatus = {
  ...{ environment: "production", app: "shop", cluster: "main", namespace: "shop", ok: true },
  ...{ workloads: [], mixed: false, secrets: [], lock: null, failures: [] },
}
const known = { environment: "production", status }
const unknown = { environment: "staging", status: null }

describe("on a terminal", () => {
  test("an environment that has not answered yet is drawn as such", () => {
    const { drawn, terminal } = screen(24)
    new LiveStatusView(terminal, () => here).show([known, unknown])
    expect(drawn).toEqual(["production  shop on main, namespace shop\n\nstaging  asking"])
  })

  test("what is said stands above what is drawn, which is drawn again", () => {
    const { drawn, terminal } = screen(24)
    const view = new LiveStatusView(terminal, () => here)
    view.show([unknown])
    view.beside(() => drawn.push("a warning"))
    expect(drawn).toEqual(["staging  asking", "cleared", "a warning", "staging  asking"])
  })

  test("no more lines are drawn than it has, and the others are counted", () => {
    const { drawn, terminal } = screen(4)
    new LiveStatusView(terminal, () => here).show([known, unknown, unknown])
    expect(drawn[0]?.split("\n")).toEqual([
      "production  shop on main, namespace shop",
      "",
      "and 3 more lines; name an environment to see all of it",
    ])
  })
})

describe("with --json", () => {
  test("nothing is told before every environment has answered", () => {
    const lines: string[] = []
    const view = new JsonStatusView(now, (text) => lines.push(text))
    view.show([known, unknown])
    expect(lines).toEqual([])
    view.show([known])
    expect(lines).toEqual([`${JSON.stringify(documentOf([status], now()))}\n`])
  })

  test("an identity is told by no view, and no control character of a lock's holder", () => {
    const lines: string[] = []
    const holder = `${identity} \u001b[2J\u202e`
    const hostile = {
      ...status,
      lock: { holder, since: null, renewedAt: null },
      failures: [failureOf(identity, "REMOTE_FAILED")],
    }
    const write = (text: string) => lines.push(text)
    new JsonStatusView(now, write).show([{ ...known, status: hostile }])
    new PlainStatusView(now, write, (text) => text).show([], hostile)
    lines.push(
      ...tableOf(hostile, { columns: 80, paint: (_, text) => text, tell: (text) => text }).map(
        (line) => `${line}\n`,
      ),
    )
    expect(lines.length).toBeGreaterThan(4)
    for (const line of lines) {
      expect(line).not.toContain(identity)
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
  })

  test.each([
    [[true, true], true, 0],
    [[true, null], null, 7],
    [[null, false], false, 3],
  ] as const)("environments that are %j make %j, and the status %i", (answers, ok, expected) => {
    const all = answers.map((answer) => ({
      ...status,
      ok: answer,
      failures: answer === null ? [failureOf("no way there", "REMOTE_FAILED")] : [],
    }))
    const document = documentOf(all, now())
    expect([document.ok, statusOf(document)]).toEqual([ok, expected])
  })
})
