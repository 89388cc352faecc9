import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { version } from "../../src/core/version.ts"
import { anchorsOf, linksOf } from "../docs/markdown.ts"

const root = join(import.meta.dirname, "../..")
const project = mkdtempSync(join(tmpdir(), "envseal-package-"))
const installed = join(project, "node_modules/envseal")
let packed: string[] = []

beforeAll(() => {
  // Without the scripts: prepack would empty dist/ under the other tests.
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", project]
  const [report] = Object.values(
    JSON.parse(
      execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    ),
  ) as { filename: string; files: { path: string }[] }[]
  if (report === undefined) throw new Error("npm pack reported no package")
  packed = report.files.map(({ path }) => path)
  mkdirSync(installed, { recursive: true })
  execFileSync("tar", ["-xf", join(project, report.filename), "-C", installed, "--strip-components=1"])
  linkDependencies()
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

/** Gives the project what npm would install with the package, and none of what only developers have. */
function linkDependencies(): void {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
  for (const [path, { dev, optional }] of Object.entries<{ dev?: boolean; optional?: boolean }>(packages)) {
    const isTop = /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path)
    if (!isTop || dev === true || optional === true) continue
    mkdirSync(dirname(join(project, path)), { recursive: true })
    symlinkSync(join(root, path), join(project, path))
  }
}

describe("the package that npm pack makes", () => {
  test("holds the program, its types, the documents and the example, and nothing that is built or tested", () => {
    for (const path of [
      "bin/envseal.js",
      "dist/index.d.ts",
      "docs/README.md",
      "docker/Dockerfile",
      "LICENSE",
    ])
      expect(packed).toContain(path)
    expect(packed.filter((path) => /^(?:dist\/bin|src|test|build|node_modules)\//.test(path))).toEqual([])
  })

  test("holds the licence of every package whose code is in the program", () => {
    const notices = readFileSync(join(installed, "dist/program/third-party-licenses.txt"), "utf8")
    for (const name of ["age-encryption", "commander", "dotenv", "@scure/base", "@noble/ciphers"])
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|BSD-\\d-Clause)\\)\n\n`, "m"))
    expect(notices).toContain("Permission is hereby granted")
    expect(notices).toContain("Redistributions in binary form")
  })

  test("has behind every link of its pages a packed file, with the heading that the link names", () => {
    const pages = packed.filter((path) => path.endsWith(".md"))
    expect(pages).toContain("README.md")
    const broken = pages.flatMap((page) =>
      linksOf(readFileSync(join(installed, page), "utf8"))
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => !leads(page, link))
        .map((link) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  test("starts as npx starts it, with no package but those that it depends on", () => {
    const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))
    const run = spawnSync(process.execPath, [join(installed, bin.envseal), "--version"], { encoding: "utf8" })
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(run.stdout.split(" ")[0]).toBe(version)
  })

  test("can be imported by its name", () => {
    const code = 'import { version } from "envseal"; process.stdout.write(version)'
    const args = ["--input-type=module", "--eval", code]
    const run = spawnSync(process.execPath, args, { cwd: project, encoding: "utf8" })
    expect(run).toMatchObject({ status: 0, stdout: version, stderr: "" })
  })
})

function leads(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#")
  const target = path === "" ? page : join(dirname(page), path)
  if (!existsSync(join(installed, target))) return false
  return anchor === undefined || anchorsOf(readFileSync(join(installed, target), "utf8")).includes(anchor)
}
