import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { nodeWorkTree } from "../../../src/adapters/node/work-tree.ts"
import type { Change } from "../../../src/ports/files.ts"

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "envseal-tree-"))
})
afterEach(() => rmSync(top, { recursive: true }))

const change = (path: string, given: Partial<Change> = {}): Change => ({
  ...{ path, bytes: Buffer.from(`${path}\n`), executable: false, replaces: null },
  ...given,
})
const all = () => readdirSync(top, { recursive: true }).sort()
const read = (path: string) => readFileSync(join(top, path), "utf8")

describe("look", () => {
  test("tells nothing from a file with its bytes", async () => {
    writeFileSync(join(top, "a"), "text")
    const tree = nodeWorkTree(top)
    expect(await tree.look("a")).toEqual({ type: "file", bytes: new TextEncoder().encode("text") })
    expect(await tree.look("b")).toEqual({ type: "nothing" })
    expect(await tree.look("b/c/d")).toEqual({ type: "nothing" })
  })

  test("follows no link, at the path or on the way", async () => {
    mkdirSync(join(top, "real"))
    writeFileSync(join(top, "real/a"), "text")
    symlinkSync("real", join(top, "link"))
    symlinkSync("nowhere", join(top, "real/b"))
    const tree = nodeWorkTree(top)
    expect(await tree.look("link/a")).toEqual({ type: "blocked", path: "link", by: "link" })
    expect(await tree.look("link")).toEqual({ type: "blocked", path: "link", by: "link" })
    expect(await tree.look("real/b")).toEqual({ type: "blocked", path: "real/b", by: "link" })
  })

  test("tells what else is in the way", async () => {
    writeFileSync(join(top, "a"), "text")
    mkdirSync(join(top, "b"))
    const tree = nodeWorkTree(top)
    expect(await tree.look("a/c")).toEqual({ type: "blocked", path: "a", by: "file" })
    expect(await tree.look("b")).toEqual({ type: "blocked", path: "b", by: "folder" })
  })
})

describe("write", () => {
  test("makes files and their folders, programs for everybody to run", async () => {
    await nodeWorkTree(top).write([change("a/b/c"), change("d", { executable: true })])
    expect(all()).toEqual(["a", "a/b", "a/b/c", "d"])
    expect(read("a/b/c")).toBe("a/b/c\n")
    expect(statSync(join(top, "a/b/c")).mode & 0o111).toBe(0)
    expect(statSync(join(top, "d")).mode & 0o100).toBe(0o100)
  })

  test("replaces a file and keeps its mode", async () => {
    writeFileSync(join(top, "a"), "old")
    chmodSync(join(top, "a"), 0o750)
    await nodeWorkTree(top).write([change("a", { replaces: Buffer.from("old") })])
    expect(read("a")).toBe("a\n")
    expect(statSync(join(top, "a")).mode & 0o777).toBe(0o750)
  })

  test("leaves everything as it was when one of the files cannot be written", async () => {
    writeFileSync(join(top, "old"), "old")
    writeFileSync(join(top, "taken"), "of somebody else")
    const changes = [change("x/y/z"), change("old", { replaces: Buffer.from("old") }), change("taken")]
    await expect(nodeWorkTree(top).write(changes)).rejects.toMatchObject({ code: "TARGET_EXISTS" })
    expect(all()).toEqual(["old", "taken"])
    expect([read("old"), read("taken")]).toEqual(["old", "of somebody else"])
  })

  test("leaves everything as it was when a folder cannot be made", async () => {
    writeFileSync(join(top, "file"), "")
    const changes = [change("a/b"), change("file/c")]
    await expect(nodeWorkTree(top).write(changes)).rejects.toMatchObject({ code: "WRITE_FAILED" })
    expect(all()).toEqual(["file"])
  })

  test("does not follow a link that has come to be", async () => {
    symlinkSync("elsewhere", join(top, "a"))
    await expect(nodeWorkTree(top).write([change("a")])).rejects.toMatchObject({ code: "TARGET_EXISTS" })
    expect(all()).toEqual(["a"])
  })

  test("makes no file behind a link where a folder was to be", async () => {
    mkdirSync(join(top, "real"))
    symlinkSync("real", join(top, "a"))
    await expect(nodeWorkTree(top).write([change("a/b")])).rejects.toMatchObject({ code: "WRITE_FAILED" })
    expect(all()).toEqual(["a", "real"])
  })

  test("replaces no file that somebody has changed since it was seen, and none before it", async () => {
    writeFileSync(join(top, "a"), "seen")
    writeFileSync(join(top, "b"), "changed")
    const changes = [
      change("a", { replaces: Buffer.from("seen") }),
      change("b", { replaces: Buffer.from("seen") }),
    ]
    await expect(nodeWorkTree(top).write(changes)).rejects.toMatchObject({
      code: "TARGET_EXISTS",
      message: "b was changed meanwhile",
    })
    expect([read("a"), read("b")]).toEqual(["seen", "changed"])
  })

  test("replaces no file that has become a link, and not what that leads to", async () => {
    writeFileSync(join(top, "real"), "seen")
    symlinkSync("real", join(top, "a"))
    const changes = [change("a", { replaces: Buffer.from("seen") })]
    await expect(nodeWorkTree(top).write(changes)).rejects.toMatchObject({ code: "TARGET_EXISTS" })
    expect(read("real")).toBe("seen")
  })
})
