import { describe, expect, test } from "vitest"
import { entries, type Layer, layers } from "./layers.ts"
import { type Module, readModules } from "./modules.ts"

/** Files that may take a value out of a Secret, each because it hands the value to where it belongs. */
const revealing = [
  "adapters/aws/secret-writer.ts",
  "dotenv/advice.ts",
  "dotenv/dotenv-secret.ts",
  "dotenv/secret-document.ts",
  "dotenv/unfilled.ts",
  "dotenv/write.ts",
  "envelope/hybrid.ts",
  "envelope/identity.ts",
  "envelope/open.ts",
  "envelope/seal.ts",
  "open/command/keygen.ts",
  "open/command/open.ts",
  "open/run/make-identity.ts",
  "scan/core/needle.ts",
  "secret/core/sheet.ts",
  "secret/run/check-change.ts",
  "secret/run/edit-secret.ts",
  "secret/run/first-text.ts",
  "secret/run/prepare-change.ts",
  "secret/run/set-value.ts",
]

/** Where the process itself is known: its streams, variables, signals and modules. */
const ofTheProcess =
  /^(adapters\/node|adapters\/system|cli)\/|^\w+\/(view|command)\/|^envelope\/node-crypto\.ts$/

const modules = readModules()
const layerOf = (path: string) => layers.find((layer) => layer.folder.test(path))
const present = layers.filter(({ folder }) => modules.some(({ path }) => folder.test(path)))

/** What of a layer's files imports what it may not. */
function breachesOf(layer: Layer, all: readonly Module[]): string[] {
  return all
    .filter(({ path }) => layer.folder.test(path))
    .flatMap((module) =>
      [
        ...module.local.filter((path) => !mayImport(layer, path)),
        ...module.external.filter((name) => !layer.external.some((pattern) => pattern.test(name))),
      ].map((what) => `${module.path} imports ${what}`),
    )
}

function mayImport({ name, local }: Layer, path: string): boolean {
  const other = layerOf(path)?.name
  if (other !== undefined && [name, ...local].includes(other)) return true
  return entries.some((entry) => entry.from === name && entry.to === path)
}

describe("the layers of src/", () => {
  test("hold every file, and each file one layer alone", () => {
    const held = modules.map(({ path }) => ({ path, by: layers.filter(({ folder }) => folder.test(path)) }))
    expect(held.filter(({ by }) => by.length !== 1).map(({ path }) => path)).toEqual([])
  })

  test.each(present)("let $name import only what it may, because $because", (layer) => {
    expect(breachesOf(layer, modules)).toEqual([])
  })

  test.each(present)("refuse in $name a package and each layer that it may not import", (layer) => {
    const [host] = modules.filter(({ path }) => layer.folder.test(path))
    if (host === undefined) throw new Error(`${layer.name} has no file`)
    const foreign = modules.filter(({ path }) => !mayImport(layer, path)).map(({ path }) => path)
    const planted: Module = { ...host, local: foreign, external: ["left-pad", "node:vm"] }
    const expected = [...foreign, "left-pad", ...(layer.name === "adapters/node" ? [] : ["node:vm"])]
    expect(breachesOf(layer, [planted])).toEqual(expected.map((what) => `${host.path} imports ${what}`))
  })

  test("keep every pure core from ports that do something, from adapters and from the command line", () => {
    for (const { name, local } of layers.filter((layer) => /\/core$|^(core|dotenv)$/.test(layer.name))) {
      expect(
        local.filter((other) => /adapters|cli|run|view|command/.test(other)),
        name,
      ).toEqual([])
    }
    const cores = modules.filter(({ path }) => /^\w+\/core\//.test(path))
    expect(cores.length).toBeGreaterThan(50)
    const impure = cores.filter(({ text }) =>
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(/.test(text),
    )
    expect(impure.map(({ path }) => path)).toEqual([])
  })

  test("list no entry between features that nothing uses", () => {
    const unused = entries.filter(
      ({ from, to }) =>
        !modules.some(({ path, local }) => layerOf(path)?.name === from && local.includes(to)),
    )
    expect(unused).toEqual([])
  })

  test("have no cycle, type-only imports included", () => {
    expect(findCycle(modules)).toBeNull()
  })

  test("see a cycle where there is one", () => {
    const [one, two] = modules
    if (one === undefined || two === undefined) throw new Error("there are no modules")
    const circle = [
      { ...one, local: [two.path] },
      { ...two, local: [one.path] },
    ]
    expect(findCycle(circle)).toEqual([one.path, two.path, one.path])
  })

  test("reveal a secret only where it goes to its place", () => {
    const found = modules.filter(({ text }) => /\.reveal\(\)/.test(text)).map(({ path }) => path)
    expect(found).toEqual(revealing)
  })

  test("touch the process only in adapters/node, adapters/system, in cli, and where a command meets a person", () => {
    const found = modules.filter(({ path, text }) => /\bprocess\.\w/.test(text) && !ofTheProcess.test(path))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  test("end the process only in cli/main.ts and where a signal ends it", () => {
    const ends = /\bprocess\.exit(Code)?\b|\bleave\(/
    const found = modules.filter(({ text }) => ends.test(text)).map(({ path }) => path)
    expect(found).toEqual(["adapters/node/leave.ts", "cli/interrupt.ts", "cli/main.ts"])
  })
})

/** @returns one cycle as a path of files, or `null`. */
function findCycle(all: readonly Module[]): readonly string[] | null {
  const byPath = new Map(all.map((module) => [module.path, module]))
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return null
    for (const next of byPath.get(path)?.local ?? []) {
      const cycle = visit(next, [...trail, path])
      if (cycle !== null) return cycle
    }
    done.add(path)
    return null
  }
  for (const { path } of all) {
    const cycle = visit(path, [])
    if (cycle !== null) return cycle
  }
  return null
}
