import { expect, test } from "vitest"
import { storeVersion } from "../../src/secret/run/store-version.ts"
import { WatchedWriter } from "../../src/secret/run/watched-writer.ts"
import { standingText } from "../../src/secret/view/words.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { prepared, set } from "./edit.ts"

/** What would be said of a write at each of its steps, without the version's id, and after it. */
async function toldAt(shelf: SecretShelf): Promise<readonly string[]> {
  const change = await prepared(shelf, set("A", "2"))
  const ports = shelf.ports()
  const writer = new WatchedWriter(ports.writer)
  const told: string[] = []
  const tell = (what: string) => {
    const text = standingText(shelfId, writer.standing)
    told.push(`${what}: ${text.replace(/[0-9a-f-]{36}/, "V")}`)
  }
  shelf.interfere = async (what) => tell(what)
  await storeVersion(change, { ...ports, writer })
  tell("done")
  return told
}

test("a write that is cut short says at every step what may be current", async () => {
  const told = await toldAt(new SecretShelf('{"A":"1"}'))
  expect(told.slice(0, 5)).toEqual([
    "versions: nothing was changed in shop/production",
    "put: version V of shop/production may have been stored, and has not become current unless it is the first",
    "was put: version V of shop/production may have been stored, and has not become current unless it is the first",
    "move: version V of shop/production is stored, and may have become current",
    "was moved: version V of shop/production is stored, and may have become current",
  ])
  expect(told.at(-1)).toBe("done: version V of shop/production is stored, and is current")
  expect(new Set(told.slice(5).map((line) => line.replace(/^[^:]*: /, ""))).size).toBe(1)
})

test("a first version counts as current once it is stored", async () => {
  const told = await toldAt(new SecretShelf(null))
  expect(told.at(-1)).toBe("done: version V of shop/production is stored, and is current")
})

test("a version that was stored, and not moved yet, has not become current", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const { target, text } = await prepared(shelf, set("A", "2"))
  const writer = new WatchedWriter(shelf.ports().writer)
  const versionId = crypto.randomUUID()
  await writer.put(target.id, { versionId, label: "envseal-draft", text })
  await writer.move(target.id, { label: "envseal-draft", from: versionId, to: null })
  expect(standingText(target.id, writer.standing)).toBe(
    `version ${versionId} of shop/production is stored, and has not become current`,
  )
})
