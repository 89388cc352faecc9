import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import type { Change, PlaceState, WorkTree } from "../../../src/ports/files.ts"
import type { NewFile } from "../../../src/setup/core/file.ts"
import {
  type Conflict,
  type Decide,
  decideBeside,
  placeFiles,
  planFiles,
} from "../../../src/setup/run/place-files.ts"

/** A tree in memory, which also tells what was written to it. */
class Tree implements WorkTree {
  readonly files: Map<string, string>
  readonly blocked: Readonly<Record<string, PlaceState>>
  writes = 0

  constructor(files: Readonly<Record<string, string>>, blocked: Readonly<Record<string, PlaceState>> = {}) {
    this.files = new Map(Object.entries(files))
    this.blocked = blocked
  }

  async look(path: string): Promise<PlaceState> {
    const text = this.files.get(path)
    const blocked = this.blocked[path]
    if (blocked !== undefined) return blocked
    return text === undefined ? { type: "nothing" } : { type: "file", bytes: new TextEncoder().encode(text) }
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.writes++
    for (const { path, bytes, replaces } of changes) {
      expect(this.files.get(path)).toBe(replaces === null ? undefined : new TextDecoder().decode(replaces))
      this.files.set(path, new TextDecoder().decode(bytes))
    }
  }
}

const fileOf = (path: string, text = `new ${path}\n`): NewFile => ({ path, text, executable: false })
const never: Decide = () => Promise.reject(new Error("asked"))

/** The code of an EnvsealError, and its message. */
async function failureOf(run: Promise<unknown>): Promise<EnvsealError> {
  const error = await run.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EnvsealError)) throw new Error(`no EnvsealError: ${error}`)
  return error
}

describe("placeFiles", () => {
  test("writes files where nothing is, and asks nobody", async () => {
    const tree = new Tree({})
    const placed = await placeFiles([fileOf("a"), fileOf("b/c")], { tree }, never)
    expect(placed.map(({ outcome }) => outcome)).toEqual(["written", "written"])
    expect(Object.fromEntries(tree.files)).toEqual({ a: "new a\n", "b/c": "new b/c\n" })
  })

  test("does not touch a file that is the same, and asks nobody", async () => {
    const tree = new Tree({ a: "new a\n" })
    expect(await placeFiles([fileOf("a")], { tree }, never)).toEqual([
      { path: "a", outcome: "unchanged", beside: null },
    ])
    expect(tree.writes).toBe(0)
  })

  test("shows what would change in a file that differs, and keeps it when that is the answer", async () => {
    const tree = new Tree({ a: "one\ntwo\n" })
    const seen: Conflict[] = []
    const keep: Decide = async (conflict) => {
      seen.push(conflict)
      return "keep"
    }
    const placed = await placeFiles([fileOf("a", "one\nthree\n")], { tree }, keep)
    expect(placed).toEqual([{ path: "a", outcome: "kept", beside: null }])
    expect(seen).toEqual([
      {
        path: "a",
        beside: "a.envseal",
        difference: ["--- a", "+++ a of envseal", "@@ -1,2 +1,2 @@", " one", "-two", "+three"],
        onlyAdds: false,
      },
    ])
    expect(tree.writes).toBe(0)
  })

  test("writes beside a file that differs, or over it, as it is told", async () => {
    const tree = new Tree({ a: "old", b: "old" })
    const decide: Decide = async ({ path }) => (path === "a" ? "beside" : "replace")
    expect(await placeFiles([fileOf("a"), fileOf("b")], { tree }, decide)).toEqual([
      { path: "a", outcome: "beside", beside: "a.envseal" },
      { path: "b", outcome: "replaced", beside: null },
    ])
    expect(Object.fromEntries(tree.files)).toEqual({ a: "old", "a.envseal": "new a\n", b: "new b\n" })
  })

  test("adds lines to a file, in the place of just what it read there", async () => {
    const tree = new Tree({ a: "one\n" })
    const file = { ...fileOf("a", "one\ntwo\n"), onlyAdds: true }
    const add: Decide = async ({ onlyAdds }) => (onlyAdds ? "add" : "keep")
    const { placed, changes } = await planFiles([file], { tree }, add)
    expect(placed).toEqual([{ path: "a", outcome: "added", beside: null }])
    expect(changes).toMatchObject([{ path: "a", replaces: new TextEncoder().encode("one\n") }])
  })

  test("does not write beside what stands there already", async () => {
    const tree = new Tree({ a: "old", "a.envseal": "new a\n" })
    expect(await placeFiles([fileOf("a")], { tree }, decideBeside)).toMatchObject([{ outcome: "beside" }])
    expect(tree.writes).toBe(0)
  })

  test("refuses when another file stands beside too, and writes none of the others", async () => {
    const tree = new Tree({ a: "old", "a.envseal": "merging" })
    const error = await failureOf(placeFiles([fileOf("b"), fileOf("a")], { tree }, decideBeside))
    expect(error).toMatchObject({ code: "TARGET_EXISTS", message: "a and a.envseal are both there" })
    expect(Object.fromEntries(tree.files)).toEqual({ a: "old", "a.envseal": "merging" })
  })

  test.each([
    { by: "folder", path: "k/a", says: "will not write k/a: it is a folder" },
    { by: "link", path: "k", says: "will not write k/a: k: it is a symbolic link" },
    { by: "file", path: "k", says: "will not write k/a: k: it is a file, not a folder" },
    { by: "device", path: "k/a", says: "will not write k/a: it is not a regular file" },
  ] as const)("refuses a $by at $path, before it asks anything", async ({ by, path, says }) => {
    const tree = new Tree({ b: "old" }, { "k/a": { type: "blocked", path, by } })
    const error = await failureOf(placeFiles([fileOf("b"), fileOf("k/a")], { tree }, never))
    expect(error).toMatchObject({ code: "TARGET_UNSAFE", message: says })
    expect(tree.writes).toBe(0)
  })

  test("writes nothing when an answer does not come", async () => {
    const tree = new Tree({ b: "old" })
    await expect(placeFiles([fileOf("a"), fileOf("b")], { tree }, never)).rejects.toThrow("asked")
    expect(tree.writes).toBe(0)
  })

  test("never changes a file that is there, whatever it is, when nobody can be asked", async () => {
    const names = fc.constantFrom("a", "b", "a.envseal", "b.envseal", "c/d")
    const texts = fc.constantFrom("", "x", "new a\n", "new b\n")
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, texts), async (files) => {
        const tree = new Tree(files)
        const wanted = [fileOf("a"), fileOf("b"), fileOf("c/d")]
        const done = await placeFiles(wanted, { tree }, decideBeside).catch(() => null)
        expect(Object.fromEntries(tree.files)).toMatchObject(files)
        if (done === null) expect(tree.writes).toBe(0)
        for (const { path, outcome, beside } of done ?? [])
          expect(tree.files.get(outcome === "beside" ? (beside ?? "") : path)).toBe(`new ${path}\n`)
      }),
    )
  })
})

test("planFiles tells the same, and writes nothing", async () => {
  const tree = new Tree({ a: "old" })
  const { placed, changes } = await planFiles([fileOf("a"), fileOf("b")], { tree }, decideBeside)
  expect(placed.map(({ outcome }) => outcome)).toEqual(["beside", "written"])
  expect(changes.map(({ path }) => path)).toEqual(["a.envseal", "b"])
  expect(tree.writes).toBe(0)
})
