import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, describe, expect, test } from "vitest"
import { checkRuntime } from "../../build/runtime.ts"
import { bunPins, nodePins } from "../../build/runtime-pins.ts"
import { targets } from "../../build/targets.ts"

const root = join(import.meta.dirname, "../..")
const folder = mkdtempSync(join(tmpdir(), "envseal-runtime-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("a runtime", () => {
  const original = Buffer.from("the bytes of a runtime")
  const sha256 = { "linux-x64": createHash("sha256").update(original).digest("hex") }
  const pins = { name: "Bun", version: "1.2.3", sha256 }
  const file = join(folder, "runtime")

  test("is taken when its hash is the pinned one", () => {
    writeFileSync(file, original)
    expect(() => checkRuntime(file, pins, "linux-x64")).not.toThrow()
  })

  test("is refused when any one byte of it is another one", () => {
    const position = fc.integer({ min: 0, max: original.length - 1 })
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Buffer.from(original)
        changed[at] = (changed[at] ?? 0) ^ mask
        writeFileSync(file, changed)
        expect(() => checkRuntime(file, pins, "linux-x64")).toThrow(
          /is not Bun 1\.2\.3 for linux-x64.*SHA-256/,
        )
      }),
    )
  })

  test("is refused on a platform that has no pin", () => {
    expect(() => checkRuntime(file, pins, "linux-riscv64")).toThrow("Bun is not pinned for linux-riscv64")
  })
})

test("a runtime in Bun's download cache with one byte changed goes into no binary", () => {
  const target = targets[`${process.platform}-${process.arch}`] ?? ""
  const bytes = readFileSync(join(root, "node_modules/bun/bin/bun.exe"))
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  const cached = join(folder, `${target}-v${bunPins.version}`)
  writeFileSync(cached, bytes)
  const out = join(root, "dist/bin")
  const before = listing(out)
  const env = { ...process.env, BUN_INSTALL_CACHE_DIR: folder }
  const run = spawnSync(process.execPath, ["build/binary.ts"], { cwd: root, env, encoding: "utf8" })
  expect(run.status).toBe(1)
  expect(run.stderr).toContain(`${cached} is not Bun ${bunPins.version}`)
  expect(listing(out)).toEqual(before)
}, 120_000)

test("there is a pin for what goes into every binary, of the versions that are installed", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  expect(Object.keys(bunPins.sha256)).toEqual(expect.arrayContaining(Object.values(targets)))
  expect({ bun: bunPins.version, node: nodePins.version }).toEqual({
    bun: devDependencies.bun,
    node: devDependencies.node,
  })
})

/** Names, sizes and times of the binaries in a folder, which need not be there. */
function listing(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path).map((name) => {
    const { size, mtimeMs } = statSync(join(path, name))
    return `${name} ${size} ${mtimeMs}`
  })
}
