import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { jsonSchemaOf, reports } from "../../build/schemas/report.ts"
import { allCommands, commandPath } from "../../src/cli/commands.ts"
import { makeProgram } from "../../src/cli/program.ts"
import { reportOf, strictReader } from "../script/report.ts"

const root = join(import.meta.dirname, "../..")
const names = reports.map(({ name }) => name)

describe("schemas/", () => {
  test("has a file for each report, and no other", () => {
    const expected = names.map((name) => `${name}.schema.json`).sort()
    expect(readdirSync(join(root, "schemas")).sort()).toEqual(expected)
  })

  test.each(reports)("$name.schema.json is what build/report-schemas.ts writes", (report) => {
    const written = JSON.parse(readFileSync(join(root, `schemas/${report.name}.schema.json`), "utf8"))
    expect(written).toEqual(jsonSchemaOf(report))
  })

  test.each(reports)("$name.schema.json refuses what has none of its fields", ({ name }) => {
    const reader = strictReader(name)
    expect(reader.safeParse({}).success).toBe(false)
    expect(reader.safeParse({ surprise: true }).success).toBe(false)
  })

  test("says of every report what it is of", () => {
    const page = readFileSync(join(root, "docs/command-line.md"), "utf8")
    expect(names.filter((name) => !page.includes(`(../schemas/${name}.schema.json)`))).toEqual([])
  })
})

test("every command that has --json has a schema, and every schema is of commands that have it", async () => {
  const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
  const having = allCommands(program)
    .filter(({ options }) => options.some(({ long }) => long === "--json"))
    .map(commandPath)
  expect(new Set(reports.flatMap(({ commands }) => commands))).toEqual(new Set(having))
})

test("an option that makes a command print another report is one of its options", async () => {
  const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
  for (const { commands, option } of reports.filter((report) => report.option !== null)) {
    const found = allCommands(program).filter((command) => commands.includes(commandPath(command)))
    expect(found.every(({ options }) => options.some(({ long }) => long === option))).toBe(true)
  }
})

describe("the schema that a command line is held to", () => {
  test.each([
    ["status production --json", "status"],
    ["status --cluster --json", "status-cluster"],
    ["status --json --cluster=prod", "status-cluster"],
    ["secret diff staging production --json", "secret-diff"],
    ["diff --json a b", "diff"],
    ["env add qa --json", "env-add"],
    ["deploy production --dry-run --json", "deploy-plan"],
    ["open -- php --json", undefined],
    ["status", undefined],
  ])("%s: %s", (line, name) => {
    expect(reportOf(line.split(" "))?.name).toBe(name)
  })
})

describe("an object that a schema knows", () => {
  const failure = { code: "USAGE", message: "unknown command x", hint: "see envseal --help", problems: [] }

  test("passes without what may be missing", () => {
    const { hint: _, ...rest } = failure
    expect(strictReader("failure").safeParse({ error: failure }).success).toBe(true)
    expect(strictReader("failure").safeParse({ error: rest }).success).toBe(true)
  })

  test.each(["code", "message", "problems"])("is refused without its %s", (name) => {
    const rest = Object.fromEntries(Object.entries(failure).filter(([other]) => other !== name))
    expect(strictReader("failure").safeParse({ error: rest }).success).toBe(false)
  })

  test("is refused with a field that the schema does not name, at any depth", () => {
    expect(strictReader("failure").safeParse({ error: { ...failure, value: "x" } }).success).toBe(false)
    const problem = { code: "BAD_NAME", name: "A", reason: "is bad", value: "x" }
    expect(strictReader("failure").safeParse({ error: { ...failure, problems: [problem] } }).success).toBe(
      false,
    )
  })
})
