import fc from "fast-check"
import { expect, test } from "vitest"
import { writeClaims } from "../../src/envelope/claims.ts"
import { checkExpectation, contextFault, formatContext, parseContext } from "../../src/envelope/context.ts"

const name = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,12}$/).filter((text) => text !== "__proto__")
const value = fc.stringMatching(/^[A-Za-z0-9 _.:/=+@-]{1,12}$/)
const pairs = fc.uniqueArray(fc.tuple(name, value), { maxLength: 8, selector: ([key]) => key.toLowerCase() })
const shuffled = pairs.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
)
const provenance = { sealedAt: "2026-01-02T03:04:05.678Z", envseal: "0.1.0", names: 1, sources: [] }

test("the order in which the pairs of a context are given never matters", () => {
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const [a, b] = [Object.fromEntries(one), Object.fromEntries(other)]
      const claims = (context: Record<string, string>) => writeClaims({ context, provenance, recipients: [] })
      expect(claims(b)).toEqual(claims(a))
      expect(formatContext(b)).toBe(formatContext(a))
      checkExpectation(a, b, "it")
    }),
  )
})

test("an envelope that is for nothing is to be sealed again, with what is expected", () => {
  const expected = { environment: "production", app: "shop" }
  expect(() => checkExpectation({}, expected, "it")).toThrow(
    expect.objectContaining({
      code: "CONTEXT_MISMATCH",
      hint: "it was sealed without --context; seal it again with --context app=shop,environment=production",
    }),
  )
})

test("a context comes back from the text that names it", () => {
  fc.assert(
    fc.property(
      pairs.filter((list) => list.length > 0),
      (list) => {
        const context = Object.fromEntries(list)
        expect(parseContext([formatContext(context)], "--context")).toEqual(context)
      },
    ),
  )
})

test("two names that differ in case alone are refused, because policies take them for one", () => {
  expect(contextFault({ app: "a", App: "b" })).toMatch(/case/)
  expect(contextFault({ app: "a", apps: "b" })).toBeNull()
})
