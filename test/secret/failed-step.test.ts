import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import { promoteVersion, storeVersion } from "../../src/secret/run/store-version.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { drafts, prepared, set, write } from "./edit.ts"

describe("a step of a write that fails", () => {
  const fails = (code: ErrorCode = "REMOTE_FAILED") => new EnvsealError(code, "no answer")

  test("after the version became current is no failure of the write, and is told", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    await write(shelf, set("A", "2"))
    await write(shelf, set("A", "3"))
    const ports = shelf.ports()
    const move: typeof ports.writer.move = async (id, label) => {
      if (label.to === null) throw fails()
      return ports.writer.move(id, label)
    }
    const change = await prepared(shelf, set("A", "4"))
    const stored = await storeVersion(change, { ...ports, writer: { ...ports.writer, move } })
    expect(shelf.text(stored.versionId)).toBe('{"A":"4"}')
    expect(shelf.text()).toBe('{"A":"4"}')
    expect(ports.warnings).toEqual([expect.stringContaining("no answer")])
  })

  test("by a lost answer to the move counts as done when the version is current", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const ports = shelf.ports()
    const move: typeof ports.writer.move = async (...args) => {
      await ports.writer.move(...args)
      throw fails("TIMED_OUT")
    }
    const change = await prepared(shelf, set("A", "2"))
    const stored = await storeVersion(change, { ...ports, writer: { ...ports.writer, move } })
    expect(shelf.text(stored.versionId)).toBe('{"A":"2"}')
    expect(shelf.text()).toBe('{"A":"2"}')
  })

  test("by a lost answer to the move counts as done for a version that is restored, too", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const { versionId, previous } = await write(shelf, set("A", "2"))
    const back = { versionId: previous ?? "", previous: versionId }
    const [target, ports] = [await shelf.target(), shelf.ports()]
    const move: typeof ports.writer.move = async () => Promise.reject(fails("TIMED_OUT"))
    const dead = { ...ports, writer: { ...ports.writer, move } }
    expect((await failureOf(() => promoteVersion(target, back, dead))).code).toBe("TIMED_OUT")
    const lost: typeof ports.writer.move = async (...args) => {
      await ports.writer.move(...args)
      throw fails("TIMED_OUT")
    }
    await promoteVersion(target, back, { ...ports, writer: { ...ports.writer, move: lost } })
    expect(shelf.text()).toBe('{"A":"1"}')
  })

  test("by a lost answer to the version itself goes on when it is there", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const ports = shelf.ports()
    const put: typeof ports.writer.put = async (...args) => {
      await ports.writer.put(...args)
      throw fails("TIMED_OUT")
    }
    await storeVersion(await prepared(shelf, set("A", "2")), { ...ports, writer: { ...ports.writer, put } })
    expect(shelf.text()).toBe('{"A":"2"}')
  })

  test("before the version became current says where it is kept", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const ports = shelf.ports()
    const move = () => Promise.reject(fails("ACCESS_DENIED"))
    const change = await prepared(shelf, set("A", "2"))
    const writer = { ...ports.writer, move }
    expect((await failureOf(() => storeVersion(change, { ...ports, writer }))).code).toBe("ACCESS_DENIED")
    const [draft] = drafts(shelf)
    expect(ports.warnings).toEqual([
      expect.stringContaining(`envseal secret restore production ${draft?.versionId}`),
    ])
  })

  test("and leaves unknown what became of it says so", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const ports = shelf.ports()
    let asked = 0
    const versions = () => (asked++ === 0 ? ports.writer.versions(shelfId) : Promise.reject(fails()))
    const move = () => Promise.reject(fails())
    const change = await prepared(shelf, set("A", "2"))
    const writer = { ...ports.writer, move, versions }
    expect(await failureOf(() => storeVersion(change, { ...ports, writer }))).toMatchObject({
      code: "REMOTE_FAILED",
    })
    expect(ports.warnings).toEqual([expect.stringMatching(/^it is not known whether version \S+ is current/)])
  })

  test("because somebody else was faster is told, also when theirs cannot be read", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const mine = await prepared(shelf, set("A", "mine-hunter2"))
    shelf.overwrite("no JSON hunter2")
    const failure = await failureOf(() => storeVersion(mine, shelf.ports()))
    expect(failure.code).toBe("SECRET_CHANGED")
    expect(failure.hint).toContain(`envseal secret restore production ${drafts(shelf)[0]?.versionId}`)
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
  })
})

test("a rotation that began while a version was stored is told of, because it began with the version before", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const change = await prepared(shelf, set("A", "2"))
  shelf.interfere = async (what) => {
    if (what === "was put") shelf.overwrite('{"A":"rotated"}', ["AWSPENDING"])
  }
  const ports = shelf.ports()
  await storeVersion(change, ports)
  expect(shelf.text()).toBe('{"A":"2"}')
  expect(ports.warnings).toEqual([expect.stringMatching(/^a rotation of \S+ began meanwhile/)])
})
