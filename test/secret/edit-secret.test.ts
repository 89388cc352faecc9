import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { decodeUtf8, encodeUtf8 } from "../../src/core/text.ts"
import type { TextEditor } from "../../src/ports/text-editor.ts"
import type { SheetFormat } from "../../src/secret/core/sheet.ts"
import { type Edited, editSecret, type Persist } from "../../src/secret/run/edit-secret.ts"
import { firstText } from "../../src/secret/run/first-text.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { storeVersion } from "../../src/secret/run/store-version.ts"
import { hostileValue, runs } from "../dotenv/values.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { drafts, set, write } from "./edit.ts"

type Change = (text: string, time: number) => string | Promise<string>

const once: Persist = (work) => work()

/** Somebody who edits, and what they were given, with the lines that they began at. */
class Person implements TextEditor {
  readonly seen: { readonly text: string; readonly line: number | null }[] = []
  readonly #change: Change

  constructor(change: Change) {
    this.#change = change
  }

  async edit(bytes: Uint8Array, line: number | null) {
    const text = decodeUtf8(bytes) ?? ""
    this.seen.push({ text, line })
    return { type: "text", bytes: encodeUtf8(await this.#change(text, this.seen.length)) } as const
  }
}

interface EditSettings {
  readonly format?: SheetFormat
  readonly persist?: Persist
}

async function edit(
  shelf: SecretShelf,
  editor: Person,
  { format = "dotenv", persist = once }: EditSettings = {},
): Promise<Edited> {
  const ports = shelf.ports()
  const [target, base] = [await shelf.target(), await readCurrent(shelfId, ports)]
  const first = firstText(target, { base, draft: null, format })
  return editSecret({ target, base, first, format, nested: "refuse" }, ports, { editor, persist })
}

async function editAndStore(shelf: SecretShelf, change: Change, settings: EditSettings = {}): Promise<void> {
  const edited = await edit(shelf, new Person(change), settings)
  if (edited.type !== "prepared") throw new Error(edited.type)
  await storeVersion(edited.change, shelf.ports())
}

const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{2,8}$/), { minLength: 1, maxLength: 4 })

describe("an edit", () => {
  test.each(["dotenv", "json"] as const)(
    "as %s that adds a name leaves every other byte, whatever the values are",
    async (format) => {
      const property = fc.asyncProperty(names, hostileValue, async (all, value) => {
        const text = JSON.stringify(Object.fromEntries(all.map((name) => [name, value])))
        const shelf = new SecretShelf(text)
        const added =
          format === "json"
            ? (sheet: string) => sheet.replace(/\n}\n$/, ',\n"A":"1"}\n')
            : (sheet: string) => `${sheet}A=1\n`
        try {
          await editAndStore(shelf, added, { format })
        } catch (error) {
          // What no .env can carry has no text to edit, and may not be stored.
          if (!(error instanceof EnvsealError)) throw error
          fc.pre(error.code !== "SECRET_REFUSED")
          throw error
        }
        expect(shelf.text()).toBe(text.replace(/}$/, ',"A":"1"}'))
      })
      await fc.assert(property, runs(100))
    },
  )

  test("of a text that is left as it was changes nothing, and it is shown once", async () => {
    const person = new Person((text) => text)
    expect(await edit(new SecretShelf('{"A":"1"}'), person)).toEqual({ type: "unchanged" })
    expect(person.seen).toHaveLength(1)
    expect(person.seen[0]?.line).toBeNull()
  })

  test("of a text that is emptied gives up", async () => {
    expect(await edit(new SecretShelf('{"A":"1"}'), new Person(() => "# nothing\n"))).toEqual({
      type: "emptied",
    })
  })

  test("begins at the first of all mistakes, and tells every one at its line", async () => {
    const change = (text: string, time: number) =>
      time === 1 ? `${text}PATH=/bin\nB=hunter#2\n` : text.replace("PATH=", "P=").replace("hunter#2", "2")
    const person = new Person(change)
    const edited = await edit(new SecretShelf('{"A":"1"}'), person)
    expect(edited).toMatchObject({ type: "prepared" })
    const { text = "", line = null } = person.seen[1] ?? {}
    const lines = text.split("\n")
    expect(lines[(line ?? 0) - 1]).toBe("PATH=/bin")
    expect(lines[lines.indexOf("PATH=/bin") - 1]).toContain("could change which code the process runs")
    expect(lines[lines.indexOf("B=hunter#2") - 1]).toContain("B on line")
  })

  test("throws the last mistake when that is left as it is", async () => {
    const person = new Person((text, time) => (time === 1 ? `${text}B=hunter 2\n` : text))
    const failure = await failureOf(() => edit(new SecretShelf('{"A":"1"}'), person))
    expect(failure).toMatchObject({ code: "DOTENV_MALFORMED" })
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter")
  })

  test("hands on its check, which can be tried again with what was edited", async () => {
    const person = new Person((text) => `${text}B=2\n`)
    const persist: Persist = async (work) => {
      await work()
      return work()
    }
    const shelf = new SecretShelf('{"A":"1"}')
    expect(await edit(shelf, person, { persist })).toMatchObject({
      type: "prepared",
      change: { differences: [{ name: "B", change: "added" }] },
    })
    expect(person.seen).toHaveLength(1)
  })

  test("ends when its check is given up, and opens no editor again", async () => {
    const person = new Person((text) => `${text}B=2\n`)
    const persist: Persist = async () => {
      throw new EnvsealError("SECRET_BUSY", "a rotation is under way")
    }
    const failure = await failureOf(() => edit(new SecretShelf('{"A":"1"}'), person, { persist }))
    expect(failure).toMatchObject({ code: "SECRET_BUSY" })
    expect(person.seen).toHaveLength(1)
  })
})

test("two edits of the same version, in any order, lose no change: one is current, the other a draft", async () => {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const shelf = new SecretShelf('{"A":"1"}')
    shelf.interfere = (what) => scheduler.schedule(Promise.resolve(), what)
    const ended: Record<string, boolean> = {}
    const one = async (name: string) => {
      try {
        await editAndStore(shelf, (text) => `${text}${name}=1\n`)
        ended[name] = true
      } catch (error) {
        if (!(error instanceof EnvsealError) || error.code !== "SECRET_CHANGED") throw error
        ended[name] = false
      }
    }
    const both = Promise.all([one("B"), one("C")])
    await scheduler.waitFor(both)
    const current = JSON.parse(shelf.text())
    for (const name of ["B", "C"]) expect(name in current).toBe(ended[name])
    const kept = drafts(shelf).map(({ versionId }) => JSON.parse(shelf.text(versionId)))
    expect(kept).toHaveLength(Object.values(ended).filter((won) => !won).length)
    for (const [name, won] of Object.entries(ended))
      if (!won) expect(kept).toContainEqual({ A: "1", [name]: "1" })
  })
  await fc.assert(property, runs(200))
})

test("an edit that another one overtook while the editor was open is told by name", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const change: Change = async (text) => {
    await write(shelf, set("A", "theirs-hunter2"))
    return text.replace("A=1", "A=mine-hunter2")
  }
  const failure = await failureOf(() => editAndStore(shelf, change))
  expect(failure).toMatchObject({
    code: "SECRET_CHANGED",
    message: expect.stringContaining("both changed A"),
  })
  expect(failure.hint).toContain(`--resume ${drafts(shelf)[0]?.versionId}`)
  expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
})
