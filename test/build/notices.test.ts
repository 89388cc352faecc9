import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { noticesOf } from "../../build/notices.ts"

const root = mkdtempSync(join(tmpdir(), "envseal-notices-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function install(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, "node_modules", name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.2.3", license: "MIT" }))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  return join(folder, "lib/index.js")
}

test("each package is named once, with all texts of its licence, in the order of names", () => {
  const modules = [
    install("zebra", { LICENSE: "Of the zebra.\n" }),
    install("@of/ant", { "license.md": "Of the ant.", NOTICE: "Beware." }),
    join(root, "node_modules/zebra/other.js"),
    "/somewhere/dist/cli/main.js",
  ]
  const notices = noticesOf(modules)
  const places = ["@of/ant 1.2.3 (MIT)\n\nBeware.\n\nOf the ant.", "zebra 1.2.3 (MIT)\n\nOf the zebra."].map(
    (text) => notices.indexOf(text),
  )
  expect(places[0]).toBeGreaterThan(0)
  expect(places[1]).toBeGreaterThan(places[0] ?? 0)
  expect(notices.split("zebra 1.2.3")).toHaveLength(2)
})

test("a package without a text of its licence cannot be built in", () => {
  expect(() => noticesOf([install("mute", { "README.md": "" })])).toThrow("mute has no text of its licence")
})
