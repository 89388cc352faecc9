import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const text = read("docs/decisions.md")

/** The rows of the table under a heading, each as its cells. */
function rowsOf(heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ""
  const rows = section.split("\n").filter((line) => line.startsWith("| `"))
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  )
}

/** The words between backticks. */
const wordsOf = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word)

const dependencies = rowsOf("Runtime dependencies")

test("docs/decisions.md gives a reason for each runtime dependency and for no other package", () => {
  const named = dependencies.flatMap(([names]) => wordsOf(names))
  const required = Object.keys(JSON.parse(read("package.json")).dependencies)
  expect(named.sort()).toEqual(required.sort())
  for (const [names, , why = ""] of dependencies) expect(why.length, names).toBeGreaterThan(20)
})

test.each(dependencies.flatMap(([names, licence]) => wordsOf(names).map((name) => [name, licence])))(
  "%s has the licence that docs/decisions.md says",
  (name, licence) => {
    expect(JSON.parse(read(`node_modules/${name}/package.json`)).license).toBe(licence)
  },
)

test("docs/decisions.md names only files that exist where it says why code is our own", () => {
  const pieces = rowsOf("Own code where a library exists")
  expect(pieces.length).toBeGreaterThan(10)
  for (const [cell] of pieces) {
    const [first = "", ...others] = wordsOf(cell)
    const paths = [first, ...others.map((name) => join(dirname(first), name))]
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  }
})
