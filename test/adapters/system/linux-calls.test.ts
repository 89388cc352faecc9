import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, test } from "vitest"
import type { CLibrary } from "../../../src/adapters/system/c-library.ts"
import { linuxCalls } from "../../../src/adapters/system/linux-calls.ts"

const bun = join(import.meta.dirname, "../../../node_modules/.bin/bun")

describe.skipIf(process.platform !== "linux")("files by the C library", () => {
  test("under Bun each call does what node:fs does, for files of all kinds and what is none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "envseal-calls-"))
    try {
      const script = join(import.meta.dirname, "linux-calls-probe.ts")
      const { stdout } = await promisify(execFile)(bun, [script, folder], { maxBuffer: 16_777_216 })
      const { asked, differences } = JSON.parse(stdout)
      expect(differences).toEqual([])
      expect(asked).toBeGreaterThan(40)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test("what a signal interrupts is asked again", () => {
    const { calls, asked } = played({ open: [-1, -1, 7], write: [-1, 3], syscall: [-1, 0] }, 4)
    expect(calls.openSync("/a", 0)).toBe(7)
    expect(calls.writeSync(7, new Uint8Array(3), 0)).toBe(3)
    expect(calls.statSync("/a").size).toBe(0)
    expect(asked).toEqual(["open", "open", "open", "write", "write", "syscall", "syscall"])
  })

  test("what a signal interrupts while it closes is closed, and not closed again", () => {
    const { calls, asked } = played({ close: [-1] }, 4)
    calls.closeSync(7)
    expect(asked).toEqual(["close"])
  })

  test("a flush that failed is not asked again: the next one would say that all is well", () => {
    const { calls, asked } = played({ fsync: [-1, 0] }, 5)
    expect(() => calls.fsyncSync(7)).toThrow(expect.objectContaining({ code: "EIO" }))
    expect(asked).toEqual(["fsync"])
  })

  test.each([
    ["the kernel does not have statx", 38],
    ["a filter refuses statx", 1],
  ])("node:fs tells of a file where %s", (_, errno) => {
    const { calls, asked } = played({ syscall: [-1, -1] }, errno)
    expect(calls.statSync("/").isDirectory()).toBe(true)
    expect(calls.lstatSync("/proc/self/exe").isSymbolicLink()).toBe(true)
    expect(asked).toEqual(["syscall", "syscall"])
  })

  test("a path with a NUL in it is refused, and the system is not asked", () => {
    const { calls, asked } = played({}, 0)
    for (const path of ["/a\0b", Buffer.from("/a\0b")]) {
      expect(() => calls.openSync(path, 0)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
      )
      expect(() => calls.unlinkSync(path)).toThrow("a path has a NUL in it")
    }
    expect(asked).toEqual([])
  })

  test("a failure tells the call and the path", () => {
    const { calls } = played({ rename: [-1], unlink: [-1] }, 18)
    expect(() => calls.unlinkSync(Buffer.from("/\xff", "latin1"))).toThrow("EXDEV: unlink '/\ufffd'")
    expect(() => calls.renameSync("/a", "/b")).toThrow(
      expect.objectContaining({
        code: "EXDEV",
        syscall: "rename",
        path: "/a",
        message: "EXDEV: rename '/a'",
      }),
    )
  })
})

/** Calls of a C library that answers in this order, and each failure of which is this one. */
function played(answers: Partial<Record<keyof CLibrary, number[]>>, errno: number) {
  const asked: string[] = []
  const library = new Proxy({} as CLibrary, {
    get: (_, name: keyof CLibrary) => () => {
      if (name === "errno") return errno
      asked.push(name)
      const answer = answers[name]?.shift()
      if (answer === undefined) throw new Error(`${name} is not asked here`)
      return answer
    },
  })
  const calls = linuxCalls(library)
  if (calls === null) throw new Error("this processor is not known")
  return { calls, asked }
}
