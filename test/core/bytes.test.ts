import fc from "fast-check"
import { expect, test } from "vitest"
import { bytesOfText, concatBytes, hexOf, textOfBytes } from "../../src/core/bytes.ts"

const anyBytes = fc.uint8Array()

test("hexadecimal digits are those of a Buffer, for any bytes", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString("hex"))
    }),
  )
})

test("bytes made a text and back are the same, whatever they are", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const text = textOfBytes(bytes)
      expect(text).toBe(Buffer.from(bytes).toString("latin1"))
      expect(bytesOfText(text)).toEqual(new Uint8Array(bytes))
    }),
  )
})

test("parts are put together in their order, in memory of their own", () => {
  fc.assert(
    fc.property(fc.array(anyBytes), (parts) => {
      const whole = concatBytes(parts)
      expect(whole).toEqual(new Uint8Array(Buffer.concat(parts)))
      expect(whole.buffer.byteLength).toBe(whole.length)
    }),
  )
})
