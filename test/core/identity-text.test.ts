import fc from "fast-check"
import { expect, test } from "vitest"
import { withoutIdentities } from "../../src/core/identity-text.ts"
import { jsonText, printable } from "../../src/core/text.ts"

const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const prefixes = ["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"]
/** What may stand between two halves of an identity that was pasted. */
const breaks = ["", "\n", "\r\n", "\u200b", "\u2028", "\u001b", "\\n", "\\u{a}", "\\u000a"]

/** An identity as somebody may have typed it: whole, cut or damaged, in either case, in one line or more. */
const typed = fc
  .record({
    prefix: fc.constantFrom(...prefixes),
    halves: fc.array(fc.string({ unit: fc.constantFrom(...letters), minLength: 6, maxLength: 40 }), {
      minLength: 1,
      maxLength: 3,
    }),
    between: fc.constantFrom(...breaks),
    upper: fc.boolean(),
  })
  .map(({ prefix, halves, between, upper }) => {
    const cased = (text: string) => (upper ? text.toUpperCase() : text.toLowerCase())
    return { text: cased(prefix) + halves.map(cased).join(between), halves: halves.map(cased) }
  })
const around = fc.string({ unit: fc.constantFrom(" ", "'", "/", ":", "ü", "\u202e", '"', ".") })

test("no age identity is left, wherever it stands, however it was pasted, and in JSON too", () => {
  fc.assert(
    fc.property(around, typed, around, (before, { text, halves }, after) => {
      const whole = `${before}${text}${after}`
      for (const shown of [withoutIdentities(whole), jsonText({ [whole]: [whole] })]) {
        expect(halves.filter((half) => shown.includes(half))).toEqual([])
        expect(shown.toUpperCase()).toContain("AGE-SECRET-KEY-…")
      }
    }),
  )
})

test("no part of an identity is left by a cut", () => {
  const identity = `AGE-SECRET-KEY-1${letters.toUpperCase()}`
  for (let max = 0; max <= identity.length; max += 1) {
    expect(printable(identity, max)).not.toContain(letters.slice(0, 3).toUpperCase())
  }
})
