import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeEach, describe, expect, test } from "vitest"
import { nodeFiles } from "../../../src/adapters/node/files.ts"
import { replaceFile } from "../../../src/adapters/node/replace.ts"
import { resolveTarget } from "../../../src/adapters/node/target.ts"
import { plainRules, SecretRules } from "../../../src/adapters/node/trust.ts"
import { maxDurationMs } from "../../../src/core/duration.ts"
import { encodeUtf8 } from "../../../src/core/text.ts"
import type { SecretFile } from "../../../src/ports/files.ts"
import { failureOf } from "../../fake/failure.ts"

const app = { uid: 65_534, gid: 65_534 }
const stranger = 65_533
const bytes = encodeUtf8("A=1\n")
const root = mkdtempSync(join(tmpdir(), "envseal-target-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"))
})

const at = (path: string) => join(folder, path)

function makeFolder(path: string, uid: number, mode = 0o755): void {
  mkdirSync(at(path))
  chmodSync(at(path), mode)
  chownSync(at(path), uid, uid)
}

function makeLink(to: string, path: string, uid: number): void {
  symlinkSync(to, at(path))
  lchownSync(at(path), uid, uid)
}

const forApp: SecretFile = { mode: 0o400, owner: "65534:65534", requireTmpfs: false }
const write = async (path: string) => (await nodeFiles.planSecret(at(path), forApp)).write(bytes)

describe("a secret that root writes for another account", () => {
  test("stays in the folder that was looked at when its owner swaps that for a link to a folder of root", async () => {
    makeFolder("app", app.uid)
    makeFolder("app/conf", app.uid)
    makeFolder("roots", 0)
    const target = resolveTarget(at("app/conf/.env"), new SecretRules(app))
    renameSync(at("app/conf"), at("app/moved"))
    makeLink("../roots", "app/conf", app.uid)
    replaceFile(target, bytes, { mode: 0o400, owner: app, guarded: true })
    target.folder.release()
    expect(readdirSync(at("roots"))).toEqual([])
    expect(readdirSync(at("app/moved"))).toEqual([".env"])
    expect(statSync(at("app/moved/.env")).uid).toBe(app.uid)
  })

  test("is taken back from the folder that it was written to, and not from what has come in its place", async () => {
    makeFolder("app", app.uid)
    const written = await write("app/.env")
    renameSync(at("app"), at("moved"))
    makeFolder("app", app.uid)
    writeFileSync(at("app/.env"), "other")
    written.undo()
    expect(existsSync(at("moved/.env"))).toBe(false)
    expect(readFileSync(at("app/.env"), "utf8")).toBe("other")
    const again = await write("moved/.env")
    rmSync(at("moved/.env"))
    writeFileSync(at("moved/kept"), "theirs")
    renameSync(at("moved/kept"), at("moved/.env"))
    again.undo()
    expect(readFileSync(at("moved/.env"), "utf8")).toBe("theirs")
  })

  test.each([
    ["a link of the account leads to a folder of root", () => makeLink("../roots", "app/conf", app.uid)],
    ["a link of root in its folder does", () => makeLink("../roots", "app/conf", 0)],
    ["a folder of root stands in its folder", () => makeFolder("app/conf", 0)],
  ])("is refused where %s", async (_, make) => {
    makeFolder("roots", 0)
    makeFolder("app", app.uid)
    make()
    expect(await failureOf(() => write("app/conf/.env"))).toMatchObject({ code: "TARGET_UNSAFE" })
    expect(readdirSync(at("roots"))).toEqual([])
  })

  test("does not replace a file of root in a sticky folder that the account leads to", async () => {
    makeFolder("shared", 0, 0o1777)
    makeFolder("app", app.uid)
    makeLink("../shared", "app/conf", app.uid)
    writeFileSync(at("shared/.env"), "roots")
    expect((await failureOf(() => write("app/conf/.env"))).code).toBe("TARGET_UNSAFE")
    expect(readFileSync(at("shared/.env"), "utf8")).toBe("roots")
  })

  test.each([
    ["a folder of its own", () => makeFolder("memory", app.uid)],
    ["a sticky folder that all can write to", () => makeFolder("memory", 0, 0o1777)],
  ])("is written, also a second time, where a link of the account leads to %s", async (_, make) => {
    make()
    makeFolder("app", app.uid)
    makeLink("../memory/.env", "app/.env", app.uid)
    for (const _round of [1, 2]) expect((await write("app/.env")).path).toBe(at("memory/.env"))
    expect(statSync(at("memory/.env")).uid).toBe(app.uid)
  })

  test("is written into a folder of root, also over a file that the account has from the time before", async () => {
    makeFolder("roots", 0)
    for (const _round of [1, 2]) await write("roots/.env")
    expect(statSync(at("roots/.env")).uid).toBe(app.uid)
  })
})

describe("a file that is no secret", () => {
  test("is not written through another user's link in a folder that all can write to", async () => {
    makeFolder("shared", 0, 0o1777)
    makeFolder("roots", 0)
    writeFileSync(at("roots/file"), "roots")
    makeLink("../roots/file", "shared/out", stranger)
    makeLink("../roots", "shared/folder", stranger)
    for (const path of ["shared/out", "shared/folder/file"]) {
      expect((await failureOf(() => nodeFiles.replace(at(path), bytes, 0o644))).code).toBe("TARGET_UNSAFE")
    }
    expect(readFileSync(at("roots/file"), "utf8")).toBe("roots")
    expect(readdirSync(at("roots"))).toEqual(["file"])
  })

  test.each([
    ["of this user in such a folder", 0, 0o1777],
    ["of anybody in a folder that only its owner can write to", stranger, 0o755],
  ])("is written through a link %s", async (_, uid, mode) => {
    makeFolder("place", 0, mode)
    writeFileSync(at("file"), "old")
    makeLink("../file", "place/out", uid)
    await nodeFiles.replace(at("place/out"), bytes, 0o644)
    expect(readFileSync(at("file"), "utf8")).toBe("A=1\n")
  })

  test("is found where a way of links and dots leads", () => {
    mkdirSync(at("a"))
    symlinkSync("a/../a", at("b"))
    const target = resolveTarget(at("b/./x"), plainRules)
    target.folder.release()
    expect(target).toMatchObject({ path: at("a/x"), name: "x", stats: null })
  })
})

/** Where a signal that comes meanwhile is handled: in the next turn of the event loop. */
test.each(["over an old one", "where there was none"])(
  "a secret is known to its writer before a signal can be handled, %s",
  async (where) => {
    makeFolder("app", 0)
    if (where === "over an old one") writeFileSync(at("app/.env"), "old", { mode: 0o600 })
    const planned = await nodeFiles.planSecret(at("app/.env"), { ...forApp, owner: null })
    let isTurned = false
    setImmediate(() => {
      isTurned = true
    })
    const { undo, settled } = await planned.write(bytes)
    expect(isTurned).toBe(false)
    undo()
    expect(existsSync(at("app/.env"))).toBe(false)
    await settled
    expect(readdirSync(at("app"))).toEqual([])
  },
)

describe("drafts beside a target", () => {
  const old = "0".repeat(32)
  const ageMs = (name: string, ms: number) => {
    const when = (Date.now() - ms) / 1_000
    utimesSync(at(name), when, when)
  }

  test("are swept only when they are older than the longest deadline, whatever number their name has", async () => {
    const names = [`.envseal-${old}`, `.envseal-1-${"0".repeat(16)}`, `.envseal-999999-${"0".repeat(16)}`]
    for (const name of names) {
      writeFileSync(at(name), "draft")
      ageMs(name, maxDurationMs - 60_000)
    }
    await nodeFiles.replace(at("file"), bytes, 0o644)
    expect(readdirSync(folder)).toEqual([...names, "file"].sort())
    for (const name of names) ageMs(name, maxDurationMs + 60_000)
    await nodeFiles.replace(at("file"), bytes, 0o644)
    expect(readdirSync(folder)).toEqual(["file"])
  })

  test("are left alone when they belong to another user, or are no drafts", async () => {
    const names = [`.envseal-${old}`, ".envseal-mine"]
    for (const name of names) {
      writeFileSync(at(name), "")
      ageMs(name, maxDurationMs * 2)
    }
    chownSync(at(`.envseal-${old}`), stranger, stranger)
    await nodeFiles.replace(at("file"), bytes, 0o644)
    expect(readdirSync(folder)).toEqual([...names, "file"].sort())
  })
})
