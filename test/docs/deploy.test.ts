import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { doubtfulReasons, fatalReasons } from "../../src/deploy/core/pod-trouble.ts"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const text = read("docs/deploy.md")

function section(title: string): string {
  return text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ""
}

function all(source: string, pattern: RegExp): string[] {
  return [...source.matchAll(pattern)].map(([, found]) => found ?? "")
}

/** The names in code spans of a table's first column. */
function firstColumn(part: string): string[] {
  return all(part, /^\| (`.*?) \|/gm).flatMap((cell) => all(cell, /`([^`]+)`/g))
}

describe("docs/deploy.md", () => {
  test("lists every event of --json and no other, in the order of the union", () => {
    const progress = read("src/deploy/core/progress.ts").split("export type Progress")[1] ?? ""
    const types = all(progress, /\| \{\s*readonly type: "([a-z-]+)"/g)
    expect(types.length).toBeGreaterThan(20)
    const [events = ""] = section("Events").split("\n| part |")
    expect(firstColumn(events).slice(1)).toEqual(types)
  })

  test("names every member of an event", () => {
    const progress = read("src/deploy/core/progress.ts").split("export type Progress")[1] ?? ""
    const members = new Set(all(progress, /readonly ([a-zA-Z]+):/g))
    const events = section("Events")
    expect([...members].filter((name) => !events.includes(`\`${name}\``))).toEqual([])
  })

  test("lists every option of deploy and no other but those of all commands", () => {
    const command = read("src/deploy/command/deploy.ts")
    const options = new Set(all(command, /(?:option|Option)\(\s*"--([a-z-]+)/g))
    const listed = firstColumn(section("Options")).flatMap((cell) => all(cell, /^--([a-z-]+)/g))
    expect(options.size).toBeGreaterThan(8)
    expect(listed.toSorted()).toEqual([...options, "config", "json", "quiet"].toSorted())
  })

  test("names every member of what status tells with --json", () => {
    const files = [
      "src/status/core/status.ts",
      "src/deploy/core/sealed-secret.ts",
      "src/status/view/document.ts",
    ]
    const types = files.map(read).join("")
    const members = new Set(all(types, /^ {2}readonly ([a-zA-Z]+):/gm))
    expect(members.size).toBeGreaterThan(20)
    const status = section("envseal status")
    expect([...members].filter((name) => !status.includes(`\`${name}\``))).toEqual([])
  })

  test("names every member of what status tells of a whole cluster with --json", () => {
    const found = [
      /interface DeployedApp [\s\S]*?\n}/.exec(read("src/status/core/deployed-app.ts")),
      /interface ClusterStatus [\s\S]*?\n}/.exec(read("src/status/run/cluster-apps.ts")),
    ]
    const members = new Set(all(found.map((one) => one?.[0]).join(""), /^ {2}readonly ([a-zA-Z]+):/gm))
    expect(members.size).toBeGreaterThan(10)
    const [, part = ""] = section("envseal status").split("### A whole cluster")
    expect([...members].filter((name) => !part.includes(`\`${name}\``))).toEqual([])
  })

  test("names every member of what history tells with --json", () => {
    const types = [
      "src/deploy/core/history.ts",
      "src/deploy/core/release.ts",
      "src/deploy/run/history.ts",
    ].map(read)
    const [entry = "", release = "", document = ""] = types
    const declared = [/interface HistoryEntry[^}]*}/, /interface Release [^}]*}/, /interface History [^}]*}/]
    const parts = [entry, release, document].map((text, at) => declared[at]?.exec(text)?.[0] ?? "")
    const members = new Set(all(parts.join(""), /^ {2}readonly ([a-zA-Z]+)\??:/gm))
    expect(members.size).toBeGreaterThan(12)
    const history = section("envseal history")
    expect([...members].filter((name) => !history.includes(`\`${name}\``))).toEqual([])
  })

  test("names every member of what a dry run tells with --json", () => {
    const text = read("src/deploy/run/preview.ts")
    const parts = [/interface Preview [\s\S]*?\n}/, /interface PlannedBuild [\s\S]*?\n}/].map(
      (one) => one.exec(text)?.[0],
    )
    const members = new Set(all(parts.join(""), /readonly ([a-zA-Z]+):/g))
    expect(members.size).toBeGreaterThan(18)
    const dryRun = section("Options")
    expect([...members].filter((name) => !dryRun.includes(`\`${name}\``))).toEqual([])
  })

  test("names every reason for which a pod is doomed, and every state that a run can end in", () => {
    const reasons = [...fatalReasons, ...doubtfulReasons]
    const doomed = section("When it is doomed")
    expect(reasons.filter((reason) => !doomed.includes(`\`${reason}\``))).toEqual([])
    const [, standing = ""] =
      /export type Outcome =([\s\S]*?)\n\n/.exec(read("src/deploy/core/progress.ts")) ?? []
    expect(firstColumn(section("Going back"))).toEqual(all(standing, /\| "([a-z-]+)"/g))
  })
})
