import fc from "fast-check"
import { expect, test } from "vitest"
import { LineSplitter } from "../../../src/adapters/kubernetes/line-splitter.ts"

const lines = fc.array(fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", " ").toWellFormed()))

test("lines come out the same however the bytes are cut", () => {
  fc.assert(
    fc.property(lines, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""))
      const splitter = new LineSplitter(1_000_000)
      const found: string[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1
        found.push(...splitter.push(bytes.subarray(at, at + size)))
        at += size
      }
      expect(found).toEqual(texts)
    }),
  )
})

test("a line that is too long is a failure", () => {
  expect(() => new LineSplitter(4).push(Buffer.from("12345"))).toThrow()
  expect(new LineSplitter(4).push(Buffer.from("1234\n123"))).toEqual(["1234"])
})
