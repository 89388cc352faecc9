import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { dropSectionTable } from "../../build/elf.ts"

const bytes = fc.uint8Array({ minLength: 64, maxLength: 512 }).map((content) => {
  const file = Buffer.from(content)
  file.set(Buffer.from("\x7fELF\x02", "latin1"))
  return file
})

describe("a file without its table of sections", () => {
  test("says that it has none, and is otherwise the same", () => {
    fc.assert(
      fc.property(bytes, (original) => {
        const file = Buffer.from(original)
        dropSectionTable(file)
        expect(file.readBigUInt64LE(0x28)).toBe(0n)
        expect(file.readUInt16LE(0x3c)).toBe(0)
        expect(file.readUInt16LE(0x3e)).toBe(0)
        for (const [from, to] of [
          [0, 0x28],
          [0x30, 0x3c],
          [0x40, original.length],
        ] as const) {
          expect(file.subarray(from, to).equals(original.subarray(from, to))).toBe(true)
        }
      }),
    )
  })

  test.each([
    ["a file of 32 bits", Buffer.concat([Buffer.from("\x7fELF\x01", "latin1"), Buffer.alloc(64)])],
    ["a file that is cut off", Buffer.from("\x7fELF\x02", "latin1")],
    ["another format", Buffer.alloc(64, "MZ")],
  ])("is not made from %s", (_, file) => {
    expect(() => dropSectionTable(file)).toThrow("no 64-bit ELF file")
  })
})
