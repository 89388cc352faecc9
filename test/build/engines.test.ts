import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const least = /^>=([\d.]+)$/.exec(JSON.parse(read("package.json")).engines.node)?.[1] ?? ""

const { packages } = JSON.parse(read("package-lock.json"))
const ranges: [name: string, range: string][] = Object.entries<{ engines?: { node?: string } }>(
  packages,
).flatMap(([name, { engines }]) => (engines?.node === undefined ? [] : [[name, engines.node]]))

type Version = readonly [major: number, minor: number, patch: number]

function versionOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number)
  return [major, minor, patch]
}

function isBelow(one: Version, other: Version): boolean {
  const at = one.findIndex((part, index) => part !== other[index])
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0)
}

/** Whether a range of npm's takes a version. @throws Error for a form that no package has had so far. */
function takes(range: string, version: Version): boolean {
  return range.split("||").some((alternative) => {
    const form = /^(>=|\^) ?(\d+(?:\.\d+){0,2})$|^(\d+)(?:\.x)?$|^(\*)$/.exec(alternative.trim())
    if (form === null) throw new Error(`the range ${range} has a form that this test does not know`)
    const [, operator, bound = "", major, any] = form
    if (any !== undefined) return true
    if (major !== undefined) return version[0] === Number(major)
    const from = versionOf(bound)
    return !isBelow(version, from) && (operator === ">=" || version[0] === from[0])
  })
}

describe("npm ci", () => {
  test.each([least, "24.0.0", "26.0.0"])("warns of no package's engines on Node %s", (node) => {
    expect(ranges.length).toBeGreaterThan(50)
    expect(ranges.filter(([, range]) => !takes(range, versionOf(node)))).toEqual([])
  })
})

test.each(["README.md", "CONTRIBUTING.md", "docs/install.md"])(
  "%s asks for the Node that the package asks for",
  (page) => {
    const named = [...read(page).matchAll(/\bNode (\d+(?:\.\d+)*) or later/g)].map(([, node]) => node)
    expect(new Set(named)).toEqual(new Set([least]))
  },
)
