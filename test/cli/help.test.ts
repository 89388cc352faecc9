import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Command } from "commander"
import { describe, expect, test } from "vitest"
import { allCommands, commandPath } from "../../src/cli/commands.ts"
import { exitMeaningOf, exitStatusOf } from "../../src/cli/exit.ts"
import { makeProgram } from "../../src/cli/program.ts"
import { helpTopics } from "../../src/cli/topics.ts"
import { variableGroups } from "../../src/cli/variables.ts"

const root = join(import.meta.dirname, "../..")
const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
const byPath = allCommands(program).map((command) => ({ path: commandPath(command), command }))

/** The whole help as it is printed. */
function helpOf(command: Command): string {
  const texts: string[] = []
  command.configureOutput({ writeOut: (text) => texts.push(text), getOutHelpWidth: () => 80 })
  command.outputHelp()
  return texts.join("")
}

describe.each(byPath)("The help of $path", ({ command }) => {
  const lines = helpOf(command).split("\n")

  test("fits into 80 columns", () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  test("tells no default that is true or false", () => {
    expect(lines.join("\n")).not.toMatch(/\bdefault: (true|false|undefined)\b/)
  })

  test.skipIf(["help", "version"].includes(command.name()))("has an example", () => {
    expect(lines.filter((line) => /^Examples?:$/.test(line))).toHaveLength(1)
  })

  test("writes defaults and choices of options and arguments alike, without quotes", () => {
    expect(lines.join(" ")).not.toMatch(/\((?:choices|default): "/)
  })

  test("has each option under its heading, and what every command has under one", () => {
    const headings = lines.filter((line) => /^\S.*:$/.test(line))
    expect(headings.filter((heading) => !known.has(heading))).toEqual([])
    expect(headings).toContain("Common options:")
    if (headings.includes("AWS:")) {
      expect(headings.indexOf("AWS:")).toBeLessThan(headings.indexOf("Common options:"))
    }
  })
})

const known = new Set([
  "Arguments:",
  "Options:",
  "AWS:",
  "Common options:",
  "Commands:",
  "Example:",
  "Examples:",
  "Set up:",
  "Seal and open:",
  "Change a secret:",
  "Deploy:",
  "Of envseal itself:",
])

test("every command has a place in the help of the program", () => {
  const help = helpOf(program)
  expect(help).not.toMatch(/^Commands:$/m)
  for (const command of program.commands) expect(help).toMatch(new RegExp(`^  ${command.name()}  `, "m"))
})

describe("A topic of the help", () => {
  test.each(Object.entries(helpTopics))("%s fits into 80 columns, and into 50", (_, topic) => {
    for (const columns of [80, 50]) {
      expect(topic(columns).filter((line) => line.length > columns)).toEqual([])
    }
  })

  test("exit-status tells every status, and every code with its own", () => {
    const told = (helpTopics["exit-status"]?.(10_000) ?? []).join("\n")
    for (const [status, meaning] of Object.entries(exitMeaningOf)) {
      const [line] = told.match(new RegExp(`^  ${status} +.*$`, "m")) ?? [""]
      expect(line).toContain(meaning)
      const codes = Object.entries(exitStatusOf).filter(([, number]) => String(number) === status)
      for (const [code] of codes) expect(line).toMatch(new RegExp(`\\b${code}\\b`))
    }
  })

  test("environment tells every variable that the code or the buildspec names, and no other", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith("cli/variables.ts"))
      .map((path) => readFileSync(join(root, "src", path), "utf8"))
    const all = [...sources, readFileSync(join(root, "buildspec.yaml"), "utf8")].join("\n")
    const named = new Set(all.match(/\bENVSEAL_[A-Z]+(?:_[A-Z]+)*\b/g))
    const told = variableGroups.flatMap(({ variables }) => variables.map(({ name }) => name))
    expect(told.filter((name) => name.startsWith("ENVSEAL_")).sort()).toEqual([...named].sort())
    for (const name of told.filter((one) => !one.startsWith("ENVSEAL_") && one !== "HTTPS_PROXY")) {
      expect(all).toContain(name)
    }
  })
})
