import { describe, expect, test } from "vitest"
import { isOwnLabel } from "../../src/secret/core/label.ts"
import { firstText } from "../../src/secret/run/first-text.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { prepareChange } from "../../src/secret/run/prepare-change.ts"
import { letGo, type ResumedDraft, resumeDraft } from "../../src/secret/run/resume-draft.ts"
import { storeVersion } from "../../src/secret/run/store-version.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { drafts, prepared, set, write } from "./edit.ts"

/** A shelf on which somebody was overtaken. */
async function overtaken(
  mine: readonly Parameters<typeof prepared>[1][],
  theirs: readonly Parameters<typeof prepared>[1][],
) {
  const shelf = new SecretShelf('{"A":"1","B":"1","N":1.10}')
  const change = await prepared(shelf, ...mine)
  await write(shelf, ...theirs)
  await failureOf(() => storeVersion(change, shelf.ports()))
  const [draft] = drafts(shelf)
  if (draft === undefined) throw new Error("there is no draft")
  return { shelf, versionId: draft.versionId }
}

async function resumed(
  shelf: SecretShelf,
  versionId: string,
  names: readonly string[] = [],
): Promise<ResumedDraft> {
  const ports = shelf.ports()
  return resumeDraft(
    await shelf.target(),
    { versionId, base: await readCurrent(shelfId, ports), names },
    ports,
  )
}

const unset = (name: string) => ({ type: "unset", name }) as const

describe("a draft that is gone on with", () => {
  test("does what it changed to the version that is current now, and nothing else", async () => {
    const { shelf, versionId } = await overtaken([set("A", "mine"), unset("B")], [set("C", "theirs")])
    const draft = await resumed(shelf, versionId, ["A", "B"])
    expect(draft).toMatchObject({ both: [], theirs: ["C"] })
    const ports = shelf.ports()
    const [target, base] = [await shelf.target(), await readCurrent(shelfId, ports)]
    const change = await prepareChange({ target, base, changes: draft.changes, nested: "refuse" }, ports)
    await storeVersion(change, ports)
    expect(shelf.text()).toBe('{"A":"mine","N":1.10,"C":"theirs"}')
    await letGo(target, draft, ports)
    expect(drafts(shelf)).toEqual([])
    expect(shelf.versions.flatMap(({ labels }) => labels).filter(isOwnLabel)).toHaveLength(2)
  })

  test("names what both changed, but for what both changed to the same", async () => {
    const mine = [set("A", "mine"), set("B", "same"), set("D", "mine")]
    const { shelf, versionId } = await overtaken(mine, [set("A", "theirs"), set("B", "same"), unset("N")])
    expect(await resumed(shelf, versionId)).toMatchObject({ both: ["A"], theirs: ["N"] })
  })

  test("names a value that one changed and the other took out", async () => {
    const { shelf, versionId } = await overtaken(
      [set("A", "mine"), unset("B")],
      [unset("A"), set("B", "theirs")],
    )
    const draft = await resumed(shelf, versionId)
    expect([...draft.both].sort()).toEqual(["A", "B"])
    const base = await readCurrent(shelfId, shelf.ports())
    const { text, remarks, isChange } = firstText(await shelf.target(), { base, draft, format: "dotenv" })
    expect(isChange).toBe(true)
    expect(text.reveal()).toBe("N=1.10\nA=mine\n")
    const told = remarks.map(({ line, text: words, quoted }) => [line, words, quoted?.reveal()])
    expect(told).toContainEqual([2, "both changed A: this is yours, and they took it out", undefined])
    expect(told).toContainEqual([null, "both changed B: you took it out, and theirs is current", "B=theirs"])
  })

  test("that nobody overtook names nothing, such as one of a run that was killed", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    shelf.interfere = async (what) => {
      if (what === "move") throw new Error("killed")
    }
    await expect(write(shelf, set("A", "mine"))).rejects.toThrow("killed")
    shelf.interfere = async () => {}
    const [draft] = drafts(shelf)
    expect(await resumed(shelf, draft?.versionId ?? "")).toMatchObject({ both: [], theirs: [] })
  })

  test("of a first version is all that is in it", async () => {
    const shelf = new SecretShelf(null)
    const mine = await prepared(shelf, set("A", "mine"))
    await write(shelf, set("B", "theirs"))
    await failureOf(() => storeVersion(mine, shelf.ports()))
    const [draft] = drafts(shelf)
    expect(await resumed(shelf, draft?.versionId ?? "")).toMatchObject({
      ...{ changes: [{ type: "set", entry: { name: "A" } }], both: [], theirs: ["B"] },
    })
  })

  test("is refused for a version that is none, and for a name that it does not change", async () => {
    const { shelf, versionId } = await overtaken([set("A", "mine")], [set("A", "theirs")])
    const current = (await readCurrent(shelfId, shelf.ports()))?.versionId ?? ""
    expect(await failureOf(() => resumed(shelf, current))).toMatchObject({ code: "USAGE" })
    expect(await failureOf(() => resumed(shelf, "none"))).toMatchObject({ code: "USAGE" })
    const failure = await failureOf(() => resumed(shelf, versionId, ["B"]))
    expect(failure).toMatchObject({ code: "USAGE", message: expect.stringContaining("does not change B") })
  })

  test("is refused once the version that it was made from is gone, with what is left to do", async () => {
    const { shelf, versionId } = await overtaken([set("A", "mine")], [set("A", "theirs")])
    await write(shelf, set("A", "later"))
    const [base] = shelf.secret.versions.filter(({ id }) => id.endsWith("-000000000001"))
    expect(base?.stages).toEqual([])
    shelf.secret = { ...shelf.secret, versions: shelf.secret.versions.filter((one) => one !== base) }
    const failure = await failureOf(() => resumed(shelf, versionId))
    expect(failure).toMatchObject({ code: "SOURCE_MISSING" })
    expect(failure.hint).toContain(`envseal secret restore production ${versionId}`)
    expect(`${failure.message} ${failure.hint}`).not.toContain("mine")
  })
})

describe("the first text", () => {
  test("of what no .env can carry is refused by name, and is JSON all the same", async () => {
    const shelf = new SecretShelf('{"a-b":"hunter2","A":"x"}')
    const [target, base] = [await shelf.target(), await readCurrent(shelfId, shelf.ports())]
    const failure = await failureOf(() => firstText(target, { base, draft: null, format: "dotenv" }))
    expect(failure).toMatchObject({ code: "SECRET_REFUSED", problems: [{ name: "a-b" }] })
    expect(failure.hint).toContain("envseal secret edit production --format json")
    const { text, isChange } = firstText(target, { base, draft: null, format: "json" })
    expect(text.reveal()).toBe('{\n  "a-b": "hunter2",\n  "A": "x"\n}\n')
    expect(isChange).toBe(false)
  })

  test("of a secret without a value is empty", async () => {
    const target = await new SecretShelf(null).target()
    const first = (format: "dotenv" | "json") =>
      firstText(target, { base: null, draft: null, format }).text.reveal()
    expect([first("dotenv"), first("json")]).toEqual(["", "{\n}\n"])
  })

  test("of a secret without a name has those that are required, without values, and is no change", async () => {
    for (const held of [null, "{ }"]) {
      const shelf = new SecretShelf(held)
      const [target, base] = [await shelf.target(), await readCurrent(shelfId, shelf.ports())]
      const first = (format: "dotenv" | "json") =>
        firstText(target, { base, draft: null, format, required: ["APP_KEY", "DB_PASSWORD"] })
      expect(first("dotenv").text.reveal()).toBe("APP_KEY=\nDB_PASSWORD=\n")
      expect(first("json").text.reveal()).toBe('{\n  "APP_KEY": "",\n  "DB_PASSWORD": ""\n}\n')
      expect(first("dotenv")).toMatchObject({ isChange: false, remarks: [{ line: null }] })
    }
  })

  test("of one that has a name is that, whatever else is required", async () => {
    const shelf = new SecretShelf('{"A":"x"}')
    const [target, base] = [await shelf.target(), await readCurrent(shelfId, shelf.ports())]
    const { text } = firstText(target, { base, draft: null, format: "dotenv", required: ["APP_KEY"] })
    expect(text.reveal()).toBe("A=x\n")
  })
})
