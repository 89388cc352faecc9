import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { describe, expect, test } from "vitest"

const programs = join(import.meta.dirname, "../../../node_modules/.bin")
const probe = join(import.meta.dirname, "become-probe.ts")

describe.skipIf(process.platform === "win32").each(["node", "bun"])(
  "a process of %s that becomes another",
  (runtime) => {
    const become = (...args: string[]) =>
      spawnSync(join(programs, runtime), [probe, ...args], { encoding: "utf8" }).stdout

    test("does so where nothing keeps it from that", () => {
      expect(become("/bin/echo")).toBe("became it\n")
    })

    test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"])(
      "handles %s first, where that came before",
      (signal) => {
        expect(become("/bin/echo", signal)).toBe(`handled ${signal}\n`)
      },
    )

    test("says that a program which is gone by then was not found", () => {
      expect(become(join(import.meta.dirname, "none"))).toBe("COMMAND_NOT_FOUND\n")
    })
  },
)
