import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { version } from "../../src/core/version.ts"
import { expectExamples, libraryPage } from "../docs/library-examples.ts"
import { blocksOf } from "../docs/markdown.ts"
import { output, run } from "./docker/process.ts"
import { hangMs } from "./hang.ts"

const root = join(import.meta.dirname, "../..")
const project = mkdtempSync(join(tmpdir(), "envseal-install-"))
const deno = join(root, ".cache/deno/node_modules/.bin/deno")
const inProject = { cwd: project, timeoutMs: hangMs }

beforeAll(async () => {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", project]
  const file = (await output("npm", args, { cwd: root, timeoutMs: hangMs })).trim()
  writeFileSync(join(project, "package.json"), '{"name": "shop", "private": true, "type": "module"}')
  await output("npm", ["install", "--save-dev", "--no-audit", "--no-fund", `./${file}`], inProject)
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe("the package, installed by npm into an empty project", () => {
  test("starts by npx", async () => {
    expect((await output("npx", ["envseal", "--version"], inProject)).split(" ")[0]).toBe(version)
  })

  test("brings no package that only developers need", () => {
    const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"))
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    const own = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages
    const installed = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ""))
    expect(installed).toEqual(expect.arrayContaining(["envseal", ...Object.keys(dependencies)]))
    // What tests take, and a dependency brings anyway, is no package for developers alone.
    const onlyTheirs = Object.keys(devDependencies).filter((name) => own[`node_modules/${name}`].dev === true)
    expect(onlyTheirs).toContain("vitest")
    expect(onlyTheirs.filter((name) => installed.includes(name))).toEqual([])
  })

  test("has the types that test/library/types.ts holds the library to", async () => {
    const types = readFileSync(join(root, "test/library/types.ts"), "utf8")
    expect(types).toContain('from "../../src/index.ts"')
    writeFileSync(join(project, "types.ts"), types.replace("../../src/index.ts", "envseal"))
    const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"))
    // They need no types of Node, only what every runtime has, such as AbortSignal.
    const options = { ...compilerOptions, lib: ["es2024", "dom"], types: [], skipLibCheck: false }
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["types.ts"] }),
    )
    await output(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.json"], inProject)
  })

  test.each([
    ["Node", [process.execPath]],
    ["Bun", [join(root, "node_modules/.bin/bun")]],
    ["Deno", [deno, "run", "--allow-all"]],
  ])("is the library that docs/library.md describes, under %s", async (_, [runtime = "", ...args]) => {
    const [keygen = ""] = blocksOf(libraryPage, "sh")
    await output("sh", ["-euc", `rm -f key.txt .env.sealed; ${keygen}`], inProject)
    await expectExamples(project, (file) => run(runtime, [...args, file], inProject))
  })
})
