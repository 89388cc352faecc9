import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeEach, describe, expect, test } from "vitest"
import { makePrivateFolder } from "../../../src/adapters/node/private-folder.ts"
import { failureOf } from "../../fake/failure.ts"

const base = mkdtempSync(join(tmpdir(), "envseal-private-"))
afterAll(() => rmSync(base, { recursive: true, force: true }))

let place: string
let places = 0
beforeEach(() => {
  place = join(base, String(places++))
  mkdirSync(place, { mode: 0o700 })
})

const make = (...folders: readonly string[]) => makePrivateFolder({ folders, inMemory: true })

describe("a private folder", () => {
  test("is readable by its owner alone, and is removed with all that is in it", async () => {
    const folder = await make(place)
    expect(folder).toMatchObject({
      path: expect.stringMatching(/\/envseal-edit-[0-9a-f]{24}$/),
      inMemory: true,
    })
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
    mkdirSync(join(folder.path, "more"))
    writeFileSync(join(folder.path, "more/file"), "x")
    folder.remove()
    expect(readdirSync(place)).toEqual([])
    folder.remove()
  })

  test("is left alone while it is in use, and swept by the next one when nobody is alive for it", async () => {
    const one = await make(place)
    const dead = join(place, `envseal-edit-${"0".repeat(24)}`)
    mkdirSync(dead)
    writeFileSync(join(dead, "production.env"), "x")
    writeFileSync(join(place, "envseal-edit-notes"), "x")
    const other = await make(place)
    expect([existsSync(one.path), existsSync(dead)]).toEqual([true, false])
    one.remove()
    other.remove()
    expect(readdirSync(place)).toEqual(["envseal-edit-notes"])
  })

  test("takes nothing away under the name that it had before it was made", async () => {
    const folder = await make(place)
    const theirs = join(place, "theirs")
    mkdirSync(theirs)
    writeFileSync(join(theirs, "alive"), "x")
    symlinkSync(theirs, folder.path.replace("/envseal-edit-", "/.envseal-edit-"))
    folder.remove()
    expect(existsSync(join(theirs, "alive"))).toBe(true)
  })

  test("is made in the next place where the first one is not writable or not there", async () => {
    const folder = await make(join(place, "none"), place)
    expect(folder.path.startsWith(place)).toBe(true)
    folder.remove()
  })

  test.each([
    ["where there is no place", () => []],
    ["where everybody could exchange it", () => [place]],
  ])("is refused %s", async (_, folders) => {
    chmodSync(place, 0o777)
    expect(await failureOf(() => make(...folders()))).toMatchObject({ code: "TARGET_UNSAFE" })
    expect(readdirSync(place)).toEqual([])
  })

  test("is made where everybody can write, and nobody exchange what is not theirs", async () => {
    chmodSync(place, 0o1777)
    const folder = await make(place)
    folder.remove()
  })
})
