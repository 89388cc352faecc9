import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { expect, test } from "vitest"
import { nameProblem } from "../../src/dotenv/name.ts"
import { nameWarning } from "../../src/dotenv/name-warning.ts"
import {
  choosingNames,
  hijackingNames,
  leakingNames,
  roleNames,
  trafficNames,
  trustNames,
} from "../../src/dotenv/special-names.ts"
import {
  harmlessInClients,
  hijacking,
  phpOwned,
  revealing,
  scriptOwned,
  shellOwned,
} from "../dotenv/special-names.ts"

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

const [, namesSection = ""] = /^### Names\n(.*?)^### /ms.exec(text) ?? []

interface Row {
  readonly first: string
  readonly names: string
  readonly source: string
}

/** The rows of the section's tables, each with the names of its second cell. */
function rowsOf(part: string): Row[] {
  return [...part.matchAll(/^\| (?!---)(.+?) \| (`.+?`) \| (.*) \|$/gm)].map(
    ([, first = "", cell = "", source = ""]) => ({
      first,
      names: [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "").join(" "),
      source,
    }),
  )
}

const [refusedPart = "", warnedPart = ""] = namesSection.split(/^Warned about/m)

/** A name with `*` at its end stands for any that begins so. */
const exampleOf = (name: string) => name.replace(/\*$/, "ANYTHING")
const each = (names: string) => names.split(" ").map(exampleOf)

test("docs/format.md lists the refused names by family as the code has them, each family with its source", () => {
  const rows = rowsOf(refusedPart)
  expect(rows.map(({ first: programs, names }) => ({ programs, names }))).toEqual(hijackingNames)
  expect(rows.filter(({ source }) => source.length < 5)).toEqual([])
})

test("docs/format.md lists the names that are warned about as the code has them, each list with its source", () => {
  const rows = rowsOf(warnedPart)
  expect(rows.map(({ names }) => names)).toEqual([
    roleNames,
    trafficNames,
    trustNames,
    leakingNames,
    choosingNames,
  ])
  expect(rows.filter(({ source }) => source.length < 5)).toEqual([])
})

test.each(hijackingNames)("no name of $programs may be sealed", ({ names }) => {
  expect(each(names).filter((name) => nameProblem(name)?.code !== "FORBIDDEN_NAME")).toEqual([])
})

test("every name that is warned about may be sealed", () => {
  const names = [roleNames, trafficNames, trustNames, leakingNames, choosingNames].flatMap(each)
  expect(names.filter((name) => nameProblem(name) !== null)).toEqual([])
  expect(names.filter((name) => nameWarning(name) === null)).toEqual([])
})

test("what shows others what the app sends is warned about, and names of clients that run nothing are not", () => {
  const warned = revealing.map(([name]) => nameWarning(name))
  expect(new Set(warned)).toEqual(new Set(["lets others read what the app sends"]))
  for (const [name] of harmlessInClients)
    expect([name, nameProblem(name), nameWarning(name)]).toEqual([name, null, null])
})

test("no name stands in two lists", () => {
  const lists = [...hijackingNames.map(({ names }) => names), roleNames, trafficNames, trustNames]
  const names = [...lists, leakingNames, choosingNames].flatMap((list) => list.split(" "))
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test("docs/format.md and the tests agree on the names that belong to a shell or to PHP, or are lost in JavaScript", () => {
  const [, ...prose] = refusedPart.split(/^Refused because/m)
  const listed = prose.flatMap((part) => [...part.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(listed.sort()).toEqual([...shellOwned, ...phpOwned, ...scriptOwned].map(([name]) => name).sort())
})

test("every name that a test says the effect of is in the list of docs/format.md", () => {
  const families = hijackingNames.flatMap(({ names }) => names.split(" "))
  const isListed = (name: string) =>
    families.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name))
  expect(hijacking.map(([name]) => name).filter((name) => !isListed(name))).toEqual([])
})

test.each(["npm_config_script_shell", "npm_config_node_options", "NPM_CONFIG_SCRIPT_SHELL"])(
  "%s is refused, because npm reads it in either case",
  (name) => {
    expect(nameProblem(name)?.code).toBe("FORBIDDEN_NAME")
  },
)
