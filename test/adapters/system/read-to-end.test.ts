import fc from "fast-check"
import { expect, test } from "vitest"
import { readToEnd } from "../../../src/adapters/system/read-to-end.ts"

/** Gives the bytes in pieces of at most these lengths, over and over. */
function reader(bytes: Uint8Array, lengths: readonly number[]): (room: Uint8Array) => number {
  let [at, turn] = [0, 0]
  return (room) => {
    expect(room.length).toBeGreaterThan(0)
    const piece = bytes.subarray(at, at + Math.min(room.length, lengths[turn++ % lengths.length] ?? 1))
    room.set(piece)
    at += piece.length
    return piece.length
  }
}

test("all bytes come in their order, however few a read gives", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000 }), lengths, (size, pieces) => {
      const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) % 251)
      const read = readToEnd(reader(bytes, pieces))
      expect(Buffer.compare(read, bytes)).toBe(0)
      expect(read.buffer.byteLength).toBe(size)
    }),
    { numRuns: 30 },
  )
})

test.each([8_191, 8_192, 8_193, 73_728, 73_729])("%d bytes are read to their end", (size) => {
  const bytes = new Uint8Array(size).fill(7)
  expect(readToEnd(reader(bytes, [size]))).toEqual(bytes)
})

test("who checks sees each size once, and what it throws ends the reading", () => {
  const seen: number[] = []
  const read = reader(new Uint8Array(10), [4])
  expect(() =>
    readToEnd(read, (size) => {
      seen.push(size)
      if (size > 5) throw new Error("too many")
    }),
  ).toThrow("too many")
  expect(seen).toEqual([4, 8])
})
