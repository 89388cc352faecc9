import { describe, expect, test } from "vitest"
import { type Module, readModules } from "./modules.ts"

interface Layer {
  readonly name: string
  readonly folder: RegExp
  /** Layers that it may import, besides itself. */
  readonly local: readonly string[]
  /** Packages and `node:` modules that it may import. */
  readonly external: readonly RegExp[]
  readonly because: string
}

const layers: readonly Layer[] = [
  {
    name: "core",
    folder: /^core\//,
    local: [],
    external: [],
    because: "errors, secrets and text are what everything else is written in, on any runtime",
  },
  {
    name: "ports",
    folder: /^ports\//,
    local: ["core"],
    external: [],
    because: "a port says what is needed; how it is done belongs to an adapter",
  },
  {
    name: "dotenv",
    folder: /^dotenv\//,
    local: ["core"],
    external: [/^@humanwhocodes\/momoa$/, /^dotenv$/],
    because: "reading and writing .env is pure, so that its properties can be tested without a machine",
  },
  {
    name: "envelope",
    folder: /^envelope\//,
    local: ["core", "ports"],
    external: [/^age-encryption$/, /^node:crypto$/],
    because: "the format and its cryptography stand in one folder, where an auditor finds all of it",
  },
  {
    name: "scan",
    folder: /^scan\//,
    local: ["core", "ports", "dotenv"],
    external: [/^modern-tar$/],
    because: "what is looked for and how a tar is read is pure, so that its properties can be tested",
  },
  {
    name: "deploy",
    folder: /^deploy\//,
    local: ["core"],
    external: [],
    because: "the deploy loop's decisions are pure, time included, so that every history can be played",
  },
  {
    name: "config",
    folder: /^config\//,
    local: ["core"],
    external: [/^yaml$/, /^zod$/],
    because: "settings are read from a text, so that each mistake can be tested and told with its place",
  },
  {
    name: "setup",
    folder: /^setup\//,
    local: ["core", "config"],
    external: [/^diff$/, /^yaml$/],
    because:
      "what is written for a new environment is a text of its names, so that it can be compared and validated",
  },
  {
    name: "app",
    folder: /^app\//,
    local: ["core", "ports", "dotenv", "envelope", "scan", "deploy", "config", "setup"],
    external: [],
    because: "a use case touches the world through ports only, so that it can be tested with fakes",
  },
  {
    name: "adapters/node",
    folder: /^adapters\/node\//,
    local: ["core", "ports"],
    external: [/^node:/],
    because: "one vendor in one folder, which knows no use case",
  },
  {
    name: "adapters/aws",
    folder: /^adapters\/aws\//,
    local: ["core", "ports"],
    external: [
      /^@aws-sdk\//,
      /^@smithy\//,
      /^(http|https)-proxy-agent$/,
      /^proxy-from-env$/,
      /^p-retry$/,
      /^node:(fs|fs\/promises|http|https|os|path)$/,
    ],
    because: "only here is AWS known, so that everything else runs and is tested without it",
  },
  {
    name: "adapters/kubernetes",
    folder: /^adapters\/kubernetes\//,
    local: ["core", "ports"],
    external: [
      /^yaml$/,
      /^p-retry$/,
      /^(http|https)-proxy-agent$/,
      /^proxy-from-env$/,
      /^node:(child_process|crypto|fs|fs\/promises|http|https|os|path|timers\/promises|tls|url)$/,
    ],
    because: "only here is the API server's protocol known, and how a kubeconfig leads to it",
  },
  {
    name: "library",
    folder: /^(library|index)\.ts$/,
    local: ["core", "ports", "dotenv", "envelope", "app"],
    external: [],
    because: "the library must not bring a command line or a machine with it",
  },
  {
    name: "cli",
    folder: /^cli\//,
    local: [
      "core",
      "ports",
      "dotenv",
      "envelope",
      "scan",
      "deploy",
      "config",
      "setup",
      "app",
      "adapters/node",
      "adapters/aws",
      "adapters/kubernetes",
    ],
    external: [/^commander$/, /^node:os$/, /^log-update$/, /^cli-truncate$/, /^@inquirer\//],
    because: "the command line wires everything, and nothing imports it",
  },
]

/** Files that may take a value out of a Secret, each because it hands the value to where it belongs. */
const revealing = [
  "app/assemble.ts",
  "app/keygen.ts",
  "cli/commands/keygen.ts",
  "cli/commands/open.ts",
  "dotenv/write.ts",
  "envelope/identity.ts",
  "envelope/open.ts",
  "envelope/seal.ts",
  "scan/needle.ts",
]

const modules = readModules()
const layerOf = (path: string) => layers.find((layer) => layer.folder.test(path))

describe("the layers of src/", () => {
  test("hold every file", () => {
    expect(modules.filter(({ path }) => layerOf(path) === undefined).map(({ path }) => path)).toEqual([])
  })

  test.each(layers)("let $name import only what it may, because $because", (layer) => {
    const own = modules.filter(({ path }) => layer.folder.test(path))
    expect(own.length).toBeGreaterThan(0)
    const wrong = own.flatMap((module) => [
      ...module.local
        .filter((path) => ![layer.name, ...layer.local].includes(layerOf(path)?.name ?? "?"))
        .map((path) => `${module.path} imports ${path}`),
      ...module.external
        .filter((name) => !layer.external.some((pattern) => pattern.test(name)))
        .map((name) => `${module.path} imports ${name}`),
    ])
    expect(wrong).toEqual([])
  })

  test("have no cycle, type-only imports included", () => {
    expect(findCycle(modules)).toBeNull()
  })

  test("reveal a secret only where it goes to its place", () => {
    const found = modules.filter(({ text }) => /\.reveal\(\)/.test(text)).map(({ path }) => path)
    expect(found).toEqual(revealing)
  })

  test("touch the process only in adapters/node and cli", () => {
    const found = modules.filter(
      ({ path, text }) => /\bprocess\.\w/.test(text) && !/^(adapters\/node|cli)\//.test(path),
    )
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
