import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { sandbox } from "../script/harness.ts"
import { expectExamples, libraryPage } from "./library-examples.ts"
import { blocksOf } from "./markdown.ts"

const root = join(import.meta.dirname, "../..")

describe.each([
  ["Node", process.execPath],
  ["Bun", join(root, "node_modules/.bin/bun")],
])("the examples of docs/library.md under %s", (_, runtime) => {
  test("run one after the other, and print what the page says", async () => {
    const box = sandbox()
    mkdirSync(box.path("node_modules"))
    symlinkSync(root, box.path("node_modules/envseal"))
    writeFileSync(box.path("package.json"), '{"type": "module"}')
    const program = `"${process.execPath}" "${join(root, "bin/envseal.js")}"`
    const [keygen = ""] = blocksOf(libraryPage, "sh")
    const made = await box.run("sh", ["-euc", keygen.replace("npx envseal", program)])
    expect(made.status, made.stderr).toBe(0)
    await expectExamples(box.folder, (file) => box.run(runtime, [file]))
  })
})

test("docs/library.md says what its examples print", () => {
  expect(libraryPage).toContain("It prints `production 3 1`.")
  expect(libraryPage).toContain('It prints `[secret] 3 3` and then `it\'s $5 "today"`.')
})

test("docs/library.md names every function and class that the package exports", async () => {
  const names = Object.keys(await import("../../src/index.ts"))
  expect(names.length).toBeGreaterThan(5)
  expect(names.filter((name) => name !== "version" && !libraryPage.includes(`\`${name}`))).toEqual([])
})
