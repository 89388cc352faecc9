import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { type Run, sandbox } from "../script/harness.ts"
import { blocksOf } from "./markdown.ts"

const root = join(import.meta.dirname, "../..")
const page = readFileSync(join(root, "docs/library.md"), "utf8")
const [keygen = ""] = blocksOf(page, "sh")
const examples = blocksOf(page, "ts").map((code) => ({ file: /^\/\/ (\S+)$/m.exec(code)?.[1] ?? "", code }))

/** What the page says that each example prints, without the end of a hint. */
const printed: Readonly<Record<string, string>> = {
  "seal.ts": "",
  "inspect.ts": "production 3 1\n",
  "open.ts": '[secret] 3 3\nit\'s $5 "today"\n',
  "mismatch.ts": "CONTEXT_MISMATCH - ",
  "dotenv.ts": blocksOf(page, "")[0] ?? "",
}

describe.each([
  ["Node", process.execPath],
  ["Bun", join(root, "node_modules/.bin/bun")],
])("the examples of docs/library.md under %s", (_, runtime) => {
  test("run one after the other, and print what the page says", async () => {
    const box = sandbox()
    mkdirSync(box.path("node_modules"))
    symlinkSync(root, box.path("node_modules/envseal"))
    writeFileSync(box.path("package.json"), '{"type": "module"}')
    const made = await box.run("bash", ["-euo", "pipefail", "-c", asInstalled(keygen)])
    expect(made.status, made.stderr).toBe(0)
    const runs: [string, Run][] = []
    for (const { file, code } of examples) {
      writeFileSync(box.path(file), code)
      runs.push([file, await box.run(runtime, [file])])
    }
    expect(runs.map(([file]) => file)).toEqual(Object.keys(printed))
    for (const [file, { status, stdout, stderr }] of runs) {
      expect([file, status, stderr]).toEqual([file, 0, ""])
      if (file === "mismatch.ts") expect(stdout.startsWith(printed[file] ?? "-")).toBe(true)
      else expect([file, stdout]).toEqual([file, printed[file]])
    }
  })
})

test("docs/library.md says what its examples print", () => {
  expect(page).toContain("It prints `production 3 1`.")
  expect(page).toContain('It prints `[secret] 3 3` and then `it\'s $5 "today"`.')
})

test("docs/library.md names every function and class that the package exports", async () => {
  const names = Object.keys(await import("../../src/index.ts"))
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => name !== "version" && !page.includes(`\`${name}`))).toEqual([])
})

/** The command as an installed package has it. */
function asInstalled(command: string): string {
  return command.replaceAll("npx envseal", `"${process.execPath}" "${join(root, "bin/envseal.js")}"`)
}
