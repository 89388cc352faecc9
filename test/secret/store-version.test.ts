import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { isOwnLabel, maxDrafts } from "../../src/secret/core/label.ts"
import { readCurrent } from "../../src/secret/run/held-version.ts"
import { prepareChange } from "../../src/secret/run/prepare-change.ts"
import { promoteVersion, storeVersion, sweep } from "../../src/secret/run/store-version.ts"
import { warnOfOverwriting } from "../../src/secret/run/watch-over.ts"
import { runs } from "../dotenv/values.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { drafts, prepared, set, write } from "./edit.ts"

describe("a version that is stored", () => {
  test("becomes current from the one that was read, and leaves no draft", async () => {
    const shelf = new SecretShelf('{"A":"1","N":1.10}')
    const stored = await write(shelf, set("B", "2"))
    expect(shelf.text()).toBe('{"A":"1","N":1.10,"B":"2"}')
    expect(shelf.text("AWSPREVIOUS")).toBe('{"A":"1","N":1.10}')
    expect(stored.previous).toBe("00000000-0000-4000-8000-000000000001")
    expect(drafts(shelf)).toEqual([])
  })

  test("is current when it is the first one", async () => {
    const shelf = new SecretShelf(null)
    expect(await write(shelf, set("A", "1"))).toMatchObject({ previous: null })
    expect(shelf.text()).toBe('{"A":"1"}')
  })

  test("leaves at most two labels of envseal, however often it is done", async () => {
    const shelf = new SecretShelf('{"A":"0"}')
    for (let n = 1; n <= 15; n++) await write(shelf, set("A", String(n)))
    expect(shelf.text()).toBe('{"A":"15"}')
    const labels = shelf.versions.flatMap((version) => version.labels)
    expect(labels.filter(isOwnLabel)).toHaveLength(2)
    expect(labels).toHaveLength(4)
  })

  test("is kept as a draft when somebody was faster, who is told of by name and loses nothing", async () => {
    const shelf = new SecretShelf('{"A":"1","B":"1","C":"1"}')
    const mine = await prepared(shelf, set("A", "mine-hunter2"), set("B", "mine-hunter2"))
    await write(shelf, set("B", "theirs-hunter2"), set("C", "theirs-hunter2"))
    const failure = await failureOf(() => storeVersion(mine, shelf.ports()))
    expect(failure).toMatchObject({
      code: "SECRET_CHANGED",
      message: `the secret ${shelfId} was changed by somebody else meanwhile: both changed B`,
    })
    const [draft] = drafts(shelf)
    expect(failure.hint).toContain(`envseal secret restore production ${draft?.versionId}`)
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
    expect(JSON.parse(shelf.text())).toEqual({ A: "1", B: "theirs-hunter2", C: "theirs-hunter2" })
    expect(JSON.parse(shelf.text(draft?.versionId))).toMatchObject({ A: "mine-hunter2", C: "1" })
  })

  test("of which the first writer was another one is a draft", async () => {
    const shelf = new SecretShelf(null)
    const mine = await prepared(shelf, set("A", "mine"))
    await write(shelf, set("A", "theirs"))
    expect(await failureOf(() => storeVersion(mine, shelf.ports()))).toMatchObject({ code: "SECRET_CHANGED" })
    expect(shelf.text()).toBe('{"A":"theirs"}')
    expect(drafts(shelf)).toHaveLength(1)
  })

  test("counts as current when the answer to the move was lost and it was made again", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const ports = shelf.ports()
    const move = async (...args: Parameters<typeof ports.writer.move>) => {
      await ports.writer.move(...args)
      return ports.writer.move(...args)
    }
    const stored = await storeVersion(await prepared(shelf, set("A", "2")), {
      ...ports,
      writer: { ...ports.writer, move },
    })
    expect(shelf.text(stored.versionId)).toBe('{"A":"2"}')
    expect(shelf.text()).toBe('{"A":"2"}')
  })
})

describe("nothing is written", () => {
  test("while a rotation makes a version", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    shelf.overwrite('{"A":"rotating"}', ["AWSPENDING"])
    const before = shelf.versions
    const failure = await failureOf(() => write(shelf, set("A", "2")))
    expect(failure.code).toBe("SECRET_BUSY")
    expect(shelf.versions).toEqual(before)
  })

  test("while AWSPENDING is on the version before, which a rotation that comes would make current again", async () => {
    const shelf = new SecretShelf('{"A":"0"}')
    shelf.overwrite('{"A":"1"}', ["AWSCURRENT", "AWSPENDING"])
    const [pending] = shelf.versions.filter(({ labels }) => labels.includes("AWSPENDING"))
    shelf.overwrite('{"A":"console"}', ["AWSCURRENT"])
    const failure = await failureOf(() => write(shelf, set("B", "2")))
    expect(failure).toMatchObject({
      code: "SECRET_BUSY",
      hint: expect.stringContaining(`--remove-from-version-id ${pending?.versionId}`),
    })
    expect(shelf.text()).toBe('{"A":"console"}')
  })

  test("when AWSPENDING is left on the current version, which a rotation does that is done, that is no reason", async () => {
    const shelf = new SecretShelf(null)
    shelf.overwrite('{"A":"1"}', ["AWSCURRENT", "AWSPENDING"])
    const { versionId } = await write(shelf, set("A", "2"))
    expect(shelf.text()).toBe('{"A":"2"}')
    // Else a rotation that comes would take it for one that is not done, and make the old version current.
    expect(shelf.versions.flatMap(({ labels }) => labels)).not.toContain("AWSPENDING")
    expect(shelf.text(versionId)).toBe('{"A":"2"}')
  })

  test("beside ten drafts, until they are let go", async () => {
    const shelf = new SecretShelf('{"A":"0"}')
    const stale = await prepared(shelf, set("A", "stale"))
    await write(shelf, set("A", "1"))
    for (let n = 0; n < maxDrafts; n++) await failureOf(() => storeVersion(stale, shelf.ports()))
    expect(drafts(shelf)).toHaveLength(maxDrafts)
    expect(await failureOf(() => write(shelf, set("A", "2")))).toMatchObject({ code: "SECRET_BUSY" })
    expect((await sweep(shelfId, shelf.versions, shelf.ports(), { all: true })).size).toBe(maxDrafts)
    await write(shelf, set("A", "2"))
    expect(shelf.text()).toBe('{"A":"2"}')
  })

  test.each([1, maxDrafts])("and %i drafts of a month ago are let go by the next write", async (count) => {
    const shelf = new SecretShelf('{"A":"0"}')
    const stale = await prepared(shelf, set("A", "stale"))
    await write(shelf, set("A", "1"))
    for (let n = 0; n < count; n++) await failureOf(() => storeVersion(stale, shelf.ports()))
    const later = shelf.ports({ now: "2026-03-01T00:00:00Z" })
    await storeVersion(await prepared(shelf, set("A", "2")), later)
    expect(drafts(shelf)).toEqual([])
  })
})

describe("a version that is restored", () => {
  test("is the old one itself", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const { versionId, previous } = await write(shelf, set("A", "2"))
    const back = { versionId: previous ?? "", previous: versionId }
    await promoteVersion(await shelf.target(), back, shelf.ports())
    expect(shelf.text()).toBe('{"A":"1"}')
    expect(shelf.versions).toHaveLength(2)
  })

  test("does not take the place of what came meanwhile", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const { versionId, previous } = await write(shelf, set("A", "2"))
    await write(shelf, set("A", "3"))
    const back = { versionId: previous ?? "", previous: versionId }
    const target = await shelf.target()
    expect(await failureOf(() => promoteVersion(target, back, shelf.ports()))).toMatchObject({
      code: "SECRET_CHANGED",
    })
    expect(shelf.text()).toBe('{"A":"3"}')
  })
})

describe("what a console overwrites", () => {
  test("is told by name afterwards", async () => {
    const shelf = new SecretShelf('{"A":"1","B":"1"}')
    await write(shelf, set("A", "hunter2"))
    shelf.overwrite('{"A":"1","B":"2"}')
    const ports = shelf.ports()
    await warnOfOverwriting(shelfId, shelf.versions, ports)
    expect(ports.warnings).toEqual([expect.stringMatching(/^A: the change of version \S+ is gone/)])
  })

  test("is no reason for a word when it is an older version, which somebody restored", async () => {
    const shelf = new SecretShelf('{"A":"1"}')
    const first = await write(shelf, set("A", "2"))
    await write(shelf, set("A", "1"))
    const third = await write(shelf, set("A", "3"))
    const back = { versionId: first.previous ?? "", previous: third.versionId }
    await promoteVersion(await shelf.target(), back, shelf.ports())
    const ports = shelf.ports()
    await warnOfOverwriting(shelfId, shelf.versions, ports)
    expect(ports.warnings).toEqual([])
  })

  test("is no reason for a word when it began with the new version", async () => {
    const shelf = new SecretShelf('{"A":"1","B":"1"}')
    await write(shelf, set("A", "2"))
    shelf.overwrite('{"A":"2","B":"2"}')
    const ports = shelf.ports()
    await warnOfOverwriting(shelfId, shelf.versions, ports)
    expect(ports.warnings).toEqual([])
  })
})

/** Lets one of those who wait go on at a time, in the order of the dice. */
class Turns {
  readonly #waiting: (() => void)[] = []

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async play(all: readonly Promise<unknown>[], dice: readonly number[]): Promise<void> {
    let running = all.length
    for (const one of all) void one.finally(() => running--)
    for (let turn = 0; running > 0 && turn < 1_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      const at = (dice[turn % dice.length] ?? 0) % Math.max(1, this.#waiting.length)
      this.#waiting.splice(at, 1)[0]?.()
    }
    if (running > 0) throw new Error("somebody waits for ever")
  }
}

const dice = fc.array(fc.nat(5), { minLength: 1, maxLength: 60 })

describe("two people who change a secret at once, and a console", () => {
  test("lose no update and merge nothing in silence, in whatever order they get their turns", async () => {
    let overtaken = 0
    await fc.assert(
      fc.asyncProperty(dice, fc.boolean(), fc.boolean(), async (order, first, twice) => {
        const shelf = new SecretShelf(first ? null : '{"S":"0"}')
        const turns = new Turns()
        shelf.interfere = () => turns.wait()
        const target = shelf.target()
        const edits = [...["one", "two"], ...(twice ? ["one"] : [])].map(async (who, at) => {
          const ports = shelf.ports()
          const base = await readCurrent(shelfId, ports)
          const changes = [set(`BY_${who}_${at}`, "1"), set("S", `${who} ${at}`)]
          const change = await prepareChange({ target: await target, base, changes, nested: "refuse" }, ports)
          try {
            return { who, at, change, stored: await storeVersion(change, ports) }
          } catch (error) {
            if (!(error instanceof EnvsealError) || error.code !== "SECRET_CHANGED") throw error
            return { who, at, change, stored: null }
          }
        })
        await turns.play(edits, order)
        const ended = await Promise.all(edits)
        const last: Record<string, string> = JSON.parse(shelf.text())
        expect(ended.some(({ stored }) => stored !== null)).toBe(true)
        for (const { who, at, change, stored } of ended) {
          expect(last[`BY_${who}_${at}`]).toBe(stored === null ? undefined : "1")
          if (stored !== null) continue
          overtaken++
          const kept = drafts(shelf).filter(({ versionId }) => shelf.text(versionId) === change.text.reveal())
          expect(kept).toHaveLength(1)
        }
      }),
      { ...runs(200), numRuns: Math.max(200, runs(200).numRuns) },
    )
    expect(overtaken).toBeGreaterThan(0)
  })

  test("leave the old or the new version current when one is killed at any call", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), async (deadly) => {
        const shelf = new SecretShelf('{"A":"old"}')
        const change = await prepared(shelf, set("A", "new"))
        let calls = 0
        shelf.interfere = async () => {
          if (calls++ === deadly) throw new Error("killed")
        }
        await storeVersion(change, shelf.ports()).catch(() => {})
        expect(['{"A":"old"}', '{"A":"new"}']).toContain(shelf.text())
        shelf.interfere = async () => {}
        await write(shelf, set("A", "next"))
        expect(shelf.text()).toBe('{"A":"next"}')
      }),
      { numRuns: 100 },
    )
  })
})
