import { execFileSync, spawnSync } from "node:child_process"
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { endsByFailing, kernelPageBytes, tryProgram } from "../../../src/adapters/node/trial.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "envseal-trial-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.skipIf(process.platform !== "linux")("a trial on Linux", () => {
  test("runs neither a script nor its interpreter", () => {
    const [script, interpreter, ran] = [join(folder, "run"), join(folder, "sh"), join(folder, "ran")]
    copyFileSync("/bin/sh", interpreter)
    writeFileSync(script, `#!${interpreter}\ntouch ${ran}\n`, { mode: 0o755 })
    tryProgram({ file: script, argv: ["run"] }, [])
    expect(existsSync(ran)).toBe(false)
    execFileSync(script)
    expect(existsSync(ran)).toBe(true)
  })

  test("fails with the system's code while somebody writes the program", () => {
    const program = join(folder, "true")
    copyFileSync("/bin/true", program)
    const writer = openSync(program, "a")
    try {
      expect(() => tryProgram({ file: program, argv: ["true"] }, [])).toThrow(
        expect.objectContaining({ code: "ETXTBSY" }),
      )
    } finally {
      closeSync(writer)
    }
    tryProgram({ file: program, argv: ["true"] }, [])
  })

  test("knows the size of the kernel's pages", () => {
    expect(kernelPageBytes()).toBe(Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" })))
  })
})

test("Node ends itself where execve fails, as long as its version is one of which that is said", () => {
  const failing = 'try { process.execve("/none", []) } catch (error) { console.log(error.code) }'
  const { signal, stdout } = spawnSync(
    "sh",
    ["-c", 'ulimit -c 0; exec "$0" -e "$1"', process.execPath, failing],
    {
      cwd: folder,
      encoding: "utf8",
    },
  )
  const ended = endsByFailing(process.versions.node)
  expect({ signal, stdout }).toEqual(
    ended ? { signal: "SIGABRT", stdout: "" } : { signal: null, stdout: "ENOENT\n" },
  )
})

test.each([
  ["24.21.0", true],
  ["25.9.0", true],
  ["26.0.0", false],
  ["100.0.0", false],
])("of Node %s it is said: %s", (version, expected) => {
  expect(endsByFailing(version)).toBe(expected)
})
