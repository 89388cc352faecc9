import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makeProgram } from "../../src/cli/program.ts"

const root = join(import.meta.dirname, "../..")
const readme = readFileSync(join(root, "README.md"), "utf8")

/** They explain themselves. */
const untold = ["help", "version"]

test("the README names every command and no other", async () => {
  const named = [...readme.matchAll(/^\| `envseal ([a-z]+)/gm)].map(([, name]) => name)
  const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
  const registered = program.commands.map((command) => command.name())
  expect(named.sort()).toEqual(registered.filter((name) => !untold.includes(name)).sort())
})
