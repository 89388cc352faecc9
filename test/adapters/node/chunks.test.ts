import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { readChunks } from "../../../src/adapters/node/chunks.ts"
import { Input } from "../../../src/image/input.ts"

const content = randomBytes(1_000_000)
const folder = mkdtempSync(join(tmpdir(), "envseal-chunks-"))
const path = join(folder, "large")
writeFileSync(path, content)

afterAll(() => rmSync(folder, { recursive: true }))

describe("a piece of a file", () => {
  test("stays as it is while others are read", async () => {
    const pieces: Uint8Array[] = []
    for await (const piece of readChunks(path)) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(2)
    expect(Buffer.concat(pieces).equals(content)).toBe(true)
  })

  test("gives up its room to the next one when its reader says that it is free", async () => {
    const chunks = readChunks(path)
    const copies: Buffer[] = []
    const rooms = new Set<ArrayBufferLike>()
    for (let one = await chunks.next(); one.value !== undefined && copies.length < 3; ) {
      copies.push(Buffer.from(one.value))
      rooms.add(one.value.buffer)
      one = await chunks.next(true)
    }
    // The first one, of which it is not known yet that it is not kept, is smaller.
    expect(rooms.size).toBe(2)
    const all = Buffer.concat(copies)
    expect(all.equals(content.subarray(0, all.length))).toBe(true)
    expect(all.length).toBeGreaterThan(500_000)
    await chunks.return()
  })
})

describe("what was read ahead of its reader", () => {
  test("is given to it whole, however soon it frees each piece", async () => {
    const input = new Input(readChunks(path))
    const head = Buffer.from(await input.peek(600_000))
    const copies: Buffer[] = []
    for (let piece = await input.next(); piece !== null; piece = await input.next(true)) {
      copies.push(Buffer.from(piece))
    }
    expect(head.equals(content.subarray(0, 600_000))).toBe(true)
    expect(Buffer.concat(copies).equals(content)).toBe(true)
  })
})
