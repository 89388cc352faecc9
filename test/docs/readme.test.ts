import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

const root = join(import.meta.dirname, "../..")
const readme = readFileSync(join(root, "README.md"), "utf8")

test("the README names every command and no other", () => {
  const named = [...readme.matchAll(/^\| `envseal ([a-z]+)/gm)].map(([, name]) => name)
  const { length } = named
  const program = readFileSync(join(root, "src/cli/program.ts"), "utf8")
  const registered = [...program.matchAll(/import\("\.\.\/\w+\/command\/([a-z]+)\.ts"\)/g)].map(
    ([, name]) => name,
  )
  expect(length).toBeGreaterThan(0)
  expect([...named].sort()).toEqual(registered.sort())
})
