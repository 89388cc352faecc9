import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { sandbox } from "../script/harness.ts"

const root = join(import.meta.dirname, "../..")
const readme = readFileSync(join(root, "README.md"), "utf8")

/** The session, without the build that `npm test` has just done, and with the command it has as a package. */
const session = (/```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? "")
  .replace(/^npm run build\n/, "")
  .replaceAll("npx envseal", `"${process.execPath}" "${join(root, "bin/envseal.js")}"`)

test("the README's session runs as pasted, and cleans up", async () => {
  const box = sandbox()
  const run = await box.run("bash", ["-euo", "pipefail", "-c", session])
  expect(run.status, run.stderr).toBe(0)
  expect(run.stdout).toContain("environment  production")
  expect(run.stdout.trimEnd().endsWith(`it's $5 "today"`)).toBe(true)
  expect(box.list()).toEqual([])
})

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
