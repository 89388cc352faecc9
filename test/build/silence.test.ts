import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { pinnedRuntime } from "../../build/runtime.ts"
import { silenceVariables } from "../../build/silence.ts"
import { targets } from "../../build/targets.ts"

const bun = join(import.meta.dirname, "../../node_modules/.bin/bun")
const folder = mkdtempSync(join(tmpdir(), "envseal-silence-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Loads each module, and says which variables it sees by the names that the runtime obeys. */
const program = `
const failed = []
for (const name of ${JSON.stringify(builtinModules.filter((name) => !name.startsWith("_")))}) {
  try { await import("node:" + name) } catch (error) { if (!/No such built-in|Could not resolve|not (yet )?(implemented|supported)|Cannot find/.test(String(error))) failed.push(name + ": " + error) }
}
console.log(JSON.stringify({ failed, seen: process.env["NODE_TLS_REJECT_UNAUTHORIZED"] }))
`

function compiled(name: string, runtime: string): string {
  const [entry, outfile] = [join(folder, "program.mjs"), join(folder, name)]
  writeFileSync(entry, program)
  const args = ["build", "--compile", `--compile-executable-path=${runtime}`, entry, "--outfile", outfile]
  execFileSync(bun, args, { cwd: folder, stdio: "pipe" })
  return outfile
}

test.runIf(process.platform === "linux")(
  "a silenced runtime still has all its modules, and a program sees the variables that the runtime does not",
  () => {
    const runtime = pinnedRuntime(targets[`${process.platform}-${process.arch}`] ?? "", folder)
    const bytes = readFileSync(runtime)
    silenceVariables(bytes)
    const silent = join(folder, "silent-runtime")
    writeFileSync(silent, bytes, { mode: 0o755 })
    const env = { PATH: process.env["PATH"] ?? "", NODE_TLS_REJECT_UNAUTHORIZED: "0", BUN_BE_BUN: "1" }
    const run = spawnSync(compiled("silent", silent), [], { env, encoding: "utf8" })
    expect(JSON.parse(run.stdout)).toEqual({ failed: [], seen: "0" })
    expect(run.stderr).toBe("")
    // The same without it is Bun itself.
    const loud = spawnSync(compiled("loud", runtime), ["--version"], { env, encoding: "utf8" })
    expect(loud.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  },
)

test("a runtime that has other names is not taken for one that is silent", () => {
  expect(() => silenceVariables(Buffer.from("BUN_BE_BUN BUN_OPTIONS"))).toThrow(
    "the runtime has no BUN_CONFIG_VERBOSE_FETCH",
  )
})

test("names are overwritten in their length: by a NUL, in code by a member that is not there, and not at all in a variable of code", () => {
  const text =
    'BUN_BE_BUN\0BUN_OPTIONS\0BUN_CONFIG_VERBOSE_FETCH\0BUN_1.2\0process.env.NODE_TLS_REJECT_UNAUTHORIZED !== "0";var BUN_WORKER_STDIO_KEY={BUN_TEST_X: "1"};env.BUN_PORT'
  const bytes = Buffer.from(text)
  silenceVariables(bytes)
  expect(bytes.toString()).toBe(
    '\0UN_BE_BUN\0\0UN_OPTIONS\0\0UN_CONFIG_VERBOSE_FETCH\0BUN_1.2\0process.env.constructor.________________ !== "0";var BUN_WORKER_STDIO_KEY={BUN_TEST_X: "1"};env.BUN_PORT',
  )
})
