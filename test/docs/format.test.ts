import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { expect, test } from "vitest"
import { hijacking, scriptOwned, shellOwned } from "../dotenv/special-names.ts"

const root = join(import.meta.dirname, "../..")
const text = readFileSync(join(root, "docs/format.md"), "utf8")
const published = Object.keys(createRequire(import.meta.url)("cctv-age"))
const own = readdirSync(join(root, "test/vectors"))

/** Names in code spans of the form that vectors have. */
const named = [...text.matchAll(/`((?:cctv:)?[a-z]+(?:_[a-z0-9]+)+)`/g)].map(([, name]) => name ?? "")

test("every vector that docs/format.md names is there", () => {
  expect(named.length).toBeGreaterThan(30)
  const missing = named.filter((name) =>
    name.startsWith("cctv:") ? !published.includes(name.slice(5)) : !own.includes(name),
  )
  expect(missing).toEqual([])
})

test("every name that docs/format.md lists as refused has a test of its own", () => {
  const [, refused = ""] = /^### Names\n(.*?)^Warned about/ms.exec(text) ?? []
  const listed = [...refused.matchAll(/`([A-Za-z_][A-Za-z0-9_]*)`/g)].flatMap(([, name]) => name ?? [])
  const tested = [...hijacking, ...shellOwned, ...scriptOwned].map(([name]) => name)
  expect(listed.length).toBeGreaterThan(40)
  // All names that begin with a prefix are refused; one of them is tested.
  const isTested = (name: string) =>
    tested.includes(name) || (name.endsWith("_") && tested.some((one) => one.startsWith(name)))
  expect(listed.filter((name) => !isTested(name))).toEqual([])
})

test("docs/format.md lists every name that is refused", () => {
  const source = readFileSync(join(root, "src/dotenv/name.ts"), "utf8")
  const sets = [...source.matchAll(/const (?:hijacking|shell|script)Names = new Set\(\[([^\]]*)\]/g)]
  const names = sets.flatMap(([, body]) => [...(body ?? "").matchAll(/"([^"]+)"/g)].map(([, name]) => name))
  expect(sets).toHaveLength(3)
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
