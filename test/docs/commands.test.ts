import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { parse, parseAllDocuments } from "yaml"
import { type Run, type Sandbox, sandbox } from "../script/harness.ts"
import { blocksOf } from "./markdown.ts"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")

/** The pages whose commands run as pasted, each page in its own folder and home. */
const pages = [
  "README.md",
  "docs/concepts.md",
  "docs/install.md",
  "docs/my-app-needs.md",
  "docs/other-places.md",
]

/** Commands that these pages show and this test does not run: at most ten. */
const exceptions: readonly { readonly begins: string; readonly why: string }[] = [
  { begins: "npm ci && npm run build", why: ".ci/run does it on a clean clone, and npm test has just built" },
  { begins: "(cd ../envseal && npm pack)", why: "test/build/package.test.ts packs" },
  { begins: "npm install --save-dev", why: "it asks npm's registry: test/real/install.real.ts" },
  { begins: "npm run build:binary", why: "npm test has just done it" },
  { begins: "sudo install", why: "it writes to the machine" },
  { begins: "npm run image", why: "it needs Docker and a registry" },
  {
    begins: "envseal secret set production",
    why: "it needs AWS: test/script/secret/ runs it against a double",
  },
  { begins: "envseal seal --from aws-sm:", why: "it needs AWS: test/demo/aws.ts runs it against a double" },
  {
    begins: "envseal open --expect app=shop,environment=production -- php-fpm",
    why: "it needs AWS and php-fpm",
  },
]

const commandOf = (begins: string) =>
  new RegExp(`^${begins.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}[^\\n]*(?:(?<=\\\\)\\n[^\\n]*)*\\n`, "gm")

/** The page's commands in one script, without the exceptions. */
function scriptOf(page: string): string {
  const all = blocksOf(read(page), "sh").join("\n")
  return exceptions.reduce((script, { begins }) => script.replace(commandOf(begins), ""), all)
}

/** Gives a sandbox the program under its two names, so that nothing in a command has to be replaced. */
function install(box: Sandbox): Readonly<Record<string, string>> {
  mkdirSync(box.path("bin"))
  mkdirSync(box.path("home"))
  const start = `exec "${process.execPath}" "${join(root, "bin/envseal.js")}" "$@"\n`
  writeFileSync(box.path("bin/envseal"), `#!/bin/sh\n${start}`)
  writeFileSync(box.path("bin/npx"), `#!/bin/sh\n[ "$1" = envseal ] || exit 127\nshift\n${start}`)
  for (const name of ["envseal", "npx"]) chmodSync(box.path(`bin/${name}`), 0o755)
  return { PATH: `${box.path("bin")}:${process.env["PATH"] ?? ""}`, HOME: box.path("home") }
}

interface PageRun extends Run {
  /** What it left in its folder. */
  readonly left: readonly string[]
}

async function runPage(page: string): Promise<PageRun> {
  const box = sandbox()
  const env = install(box)
  const before = box.list()
  const run = await box.run("bash", ["-euo", "pipefail", "-c", scriptOf(page)], { env })
  return { ...run, left: box.list().filter((name) => !before.includes(name)) }
}

let runs: ReadonlyMap<string, PageRun>
beforeAll(async () => {
  runs = new Map(await Promise.all(pages.map(async (page) => [page, await runPage(page)] as const)))
})

describe("the commands of a page", () => {
  test.each(pages)("of %s run as pasted, and clean up", (page) => {
    const run = runs.get(page)
    expect(run?.status, run?.stderr).toBe(0)
    expect(run?.left).toEqual([])
  })

  test("are left out for a reason, at most ten, and each exception is on a page", () => {
    expect(exceptions.length).toBeLessThanOrEqual(10)
    const all = pages.flatMap((page) => blocksOf(read(page), "sh")).join("\n")
    expect(exceptions.filter(({ begins }) => !commandOf(begins).test(all))).toEqual([])
  })

  test("are all in blocks that are run: no page shows one in another way", () => {
    const shown = pages.flatMap((page) =>
      [...read(page).matchAll(/^(?: {4}|```\n)(?:npm|npx|envseal|docker|kubectl|aws) .*$/gm)].map(
        ([line]) => `${page}: ${line.trim()}`,
      ),
    )
    expect(shown).toEqual([])
  })
})

test("the README's session shows the context, and gives a value back as it was", () => {
  const { stdout = "" } = runs.get("README.md") ?? {}
  expect(stdout).toContain("environment  production")
  expect(stdout.trimEnd().endsWith(`it's $5 "today"`)).toBe(true)
})

test("docs/my-app-needs.md finds what it says in the files of envseal init", () => {
  const { stdout } = runs.get("docs/my-app-needs.md") ?? {}
  const lines = [
    /args: \["php", "artisan", "horizon"/,
    /schedule:run/,
    /command: \[php, artisan, migrate, --force\]/,
    /PHP_EXTENSIONS="[a-z_ ]*gd[a-z_ ]*pdo_pgsql redis"/,
    /COMPOSER_AUTH/,
  ]
  for (const line of lines) expect(stdout).toMatch(line)
})

test("docs/concepts.md shows an expectation that is refused, and then met", () => {
  const { stdout, stderr } = runs.get("docs/concepts.md") ?? {}
  expect(stdout).toMatch(/^status 6$/m)
  expect(stdout).toMatch(/^MAIL_FROM=/m)
  expect(stdout).toMatch(/^Shop <shop@example\.com>$/m)
  expect(stderr).toContain("[CONTEXT_MISMATCH]")
})

/** Every text in a tree of YAML or JSON. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

describe("the files that docs/other-ci.md and docs/other-places.md show", () => {
  const shown = ["docs/other-ci.md", "docs/other-places.md"].flatMap((page) =>
    ["yaml", "json"].flatMap((language) => blocksOf(read(page), language)),
  )
  const units = blocksOf(read("docs/other-places.md"), "ini")

  test("are YAML and JSON", () => {
    expect(shown.length).toBeGreaterThanOrEqual(4)
    expect(shown.flatMap((text) => parseAllDocuments(text).flatMap(({ errors }) => errors))).toEqual([])
  })

  test("name only commands and options that envseal has", async () => {
    const lines = [...shown.flatMap((text) => textsIn(parse(text))), ...units]
      .join("\n")
      .replaceAll("\\\n", " ")
    const uses = [...lines.matchAll(/\benvseal (seal|scan|open|deploy|policy)\b([^\n|]*)/g)]
    expect(new Set(uses.map(([, command]) => command))).toEqual(new Set(["seal", "scan", "deploy", "open"]))
    const named = new Map<string, string[]>()
    for (const [, command = "", rest = ""] of uses) {
      const options = (rest.split(" -- ")[0] ?? "").match(/(?<= )--[a-z-]+/g) ?? []
      named.set(command, [...(named.get(command) ?? []), ...options])
    }
    const box = sandbox()
    for (const [command, options] of named) {
      const { stdout } = await box.envseal([command, "--help"])
      expect(
        options.filter((option) => !new RegExp(`${option}(?![a-z-])`).test(stdout)),
        command,
      ).toEqual([])
    }
  })
})
