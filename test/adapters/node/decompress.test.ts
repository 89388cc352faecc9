import { gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decompress } from "../../../src/adapters/node/decompress.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import type { Compression } from "../../../src/ports/scan-target.ts"
import { runs } from "../../dotenv/values.ts"
import { failureOf } from "../../fake/failure.ts"
import { cut, each, pieces } from "../../fake/scan-targets.ts"

const kinds: readonly { compression: Compression; pack: (bytes: Uint8Array) => Buffer }[] = [
  { compression: "gzip", pack: gzipSync },
  { compression: "zstd", pack: zstdCompressSync },
]

async function unpacked(chunks: AsyncIterable<Uint8Array>, compression: Compression): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of decompress(chunks, compression)) parts.push(chunk)
  return Buffer.concat(parts)
}

describe.each(kinds)("$compression", ({ compression, pack }) => {
  test("gives back all frames, wherever the chunks end", async () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 5 })
    const borders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(frames, borders, async (list, fractions) => {
        const packed = Buffer.concat(list.map(pack))
        expect(await unpacked(each(cut(packed, fractions)), compression)).toEqual(Buffer.concat(list))
      }),
      runs(100),
    )
  })

  test("gives back many megabytes in small chunks", async () => {
    const bytes = Buffer.alloc(5_000_000, "some text that repeats; ")
    expect((await unpacked(pieces(pack(bytes), 7), compression)).equals(bytes)).toBe(true)
  })

  test.each(["cut", "damaged"])("that is %s is refused", async (fault) => {
    const packed = pack(Buffer.from("some text".repeat(1_000)))
    const bad = fault === "cut" ? packed.subarray(0, -9) : packed.fill(0xff, 12, 24)
    const { code } = await failureOf(() => unpacked(pieces(bad, 16), compression))
    expect(code).toBe("IMAGE_MALFORMED")
  })

  test("passes the failure of its source on", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield pack(Buffer.from("text")).subarray(0, 12)
      throw new EnvsealError("INPUT_UNREADABLE", "gone")
    }
    expect(await failureOf(() => unpacked(failing(), compression))).toMatchObject({
      code: "INPUT_UNREADABLE",
    })
  })
})
