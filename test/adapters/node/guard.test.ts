import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { guardDraft } from "../../../src/adapters/node/guard.ts"
import { holdFolder } from "../../../src/adapters/node/held-folder.ts"
import { identity } from "../../script/harness.ts"

/** Processes that have this in their command line, with what they were given. */
function processesWith(text: string): { readonly cmdline: string; readonly environ: string }[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const [cmdline, environ] = ["cmdline", "environ"].map((name) =>
        readFileSync(`/proc/${pid}/${name}`, "latin1"),
      )
      return cmdline?.includes(text) && environ !== undefined ? [{ cmdline, environ }] : []
    } catch {
      return []
    }
  })
}

test("a guard is given no identity, and leaves the draft alone when it is released", async () => {
  const folder = mkdtempSync(join(tmpdir(), "envseal-guard-"))
  const held = holdFolder(folder)
  const draft = `.envseal-${randomBytes(16).toString("hex")}`
  const value = "canary-b41d"
  process.env["ENVSEAL_IDENTITY"] = identity
  process.env["ENVSEAL_GUARD_TEST"] = value
  try {
    writeFileSync(join(folder, draft), "A=1\n")
    const guard = await guardDraft(held, draft)
    const [found, ...others] = processesWith(draft)
    expect(others).toEqual([])
    expect(found?.environ).toBe("PATH=/usr/bin:/bin\0")
    expect(`${found?.cmdline}${found?.environ}`).not.toContain("AGE-SECRET-KEY")
    expect(found?.cmdline).not.toContain(value)
    await guard?.release()
    expect(processesWith(draft)).toEqual([])
    expect(existsSync(join(folder, draft))).toBe(true)
  } finally {
    delete process.env["ENVSEAL_IDENTITY"]
    delete process.env["ENVSEAL_GUARD_TEST"]
    held.release()
    rmSync(folder, { recursive: true, force: true })
  }
})
