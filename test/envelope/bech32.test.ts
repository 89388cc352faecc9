import { bech32 } from "@scure/base"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decodeBech32 } from "../../src/envelope/bech32.ts"

/** What the library of age-encryption says: the judge. */
function judged(text: string, prefix: string): Uint8Array | null {
  const decoded = bech32.decodeUnsafe(text, false)
  if (decoded?.prefix.toLowerCase() !== prefix) return null
  return bech32.fromWordsUnsafe(decoded.words) ?? null
}

const prefixes = fc.constantFrom("age", "age1pq", "age-secret-key-", "age-secret-key-pq-")
const encoded = fc
  .tuple(prefixes, fc.uint8Array({ maxLength: 80 }), fc.boolean())
  .map(([prefix, bytes, isUpper]) => {
    const text = bech32.encode(prefix, bech32.toWords(bytes), false)
    return { prefix, bytes, text: isUpper ? text.toUpperCase() : text }
  })
const character = fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7lQPZ1bio-AGE \n~é")

describe("a text in Bech32", () => {
  test("gives back the bytes that were encoded, in lower and in upper case", () => {
    fc.assert(
      fc.property(encoded, ({ prefix, bytes, text }) => {
        expect(decodeBech32(text, prefix)).toEqual(bytes)
      }),
    )
  })

  test("gives what the library says when characters are changed, added or taken out", () => {
    const change = fc.record({
      at: fc.nat(),
      take: fc.nat(2),
      put: fc.string({ unit: character, maxLength: 2 }),
    })
    fc.assert(
      fc.property(encoded, fc.array(change, { maxLength: 3 }), ({ prefix, text }, changes) => {
        const changed = changes.reduce((was, { at, take, put }) => {
          const place = at % (was.length + 1)
          return was.slice(0, place) + put + was.slice(place + take)
        }, text)
        expect(decodeBech32(changed, prefix)).toEqual(judged(changed, prefix))
      }),
    )
  })

  test("gives what the library says of any words with a right checksum, whole bytes or not", () => {
    const words = fc.array(fc.nat(31), { maxLength: 40 })
    fc.assert(
      fc.property(prefixes, words, (prefix, given) => {
        const text = bech32.encode(prefix, given, false)
        expect(decodeBech32(text, prefix)).toEqual(judged(text, prefix))
      }),
    )
  })

  // BIP 173, "Test vectors", without the one that has only the limit of 90 characters against it.
  test.each([
    ["A12UEL5L", "a"],
    ["a12uel5l", "a"],
    [
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
      "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
    ],
    ["?1ezyfcl", "?"],
  ])("is taken when it is the standard's %s", (text, prefix) => {
    expect(decodeBech32(text, prefix)).toEqual(new Uint8Array())
  })

  test.each([
    ["pzry9x0s0muk", "pzry9x0s0muk"],
    ["x1b4n0q5v", "x"],
    ["li1dgmt3", "li"],
    ["de1lg7wt\u00ff", "de"],
    ["A1G7SGD8", "a"],
    ["A12uEL5L", "a"],
  ])("is refused when it is the standard's %j", (text, prefix) => {
    expect(decodeBech32(text, prefix)).toBeNull()
  })

  test("is refused with a sign of Unicode whose lower case is a letter of the alphabet", () => {
    const text = bech32.encode("age-secret-key-", bech32.toWords(new Uint8Array(32).fill(0b10110101)), false)
    const upper = text.toUpperCase()
    expect(upper.slice(15)).toContain("K")
    const kelvin = `${upper.slice(0, 15)}${upper.slice(15).replace("K", "\u212a")}`
    expect(decodeBech32(upper, "age-secret-key-")).not.toBeNull()
    expect(decodeBech32(kelvin, "age-secret-key-")).toBeNull()
  })
})
