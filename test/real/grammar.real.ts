import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { type Dialect, readDotenv } from "../../src/dotenv/read.ts"
import { dotenvText } from "../dotenv/values.ts"
import { dialectOf, type ParsedEntry, parseWithPhp, phpdotenvs } from "./readers/php.ts"
import { seed } from "./readers/sample.ts"

const numRuns = 6_000
const texts = fc.sample(dotenvText, { seed, numRuns })

/** Our reader's entries in the shape of phpdotenv's, or `null` where it refuses the text. */
function parseOurselves(text: string, dialect: Dialect): ParsedEntry[] | null {
  try {
    return readDotenv(text, dialect).map(({ name, value, interpolates }) => [name, value, interpolates])
  } catch (error) {
    if (error instanceof EnvsealError) return null
    throw error
  }
}

describe(`any text as the reader and phpdotenv see it (seed ${seed})`, () => {
  test.each(phpdotenvs())(
    "gives the same entries, or is refused by both, with phpdotenv $version",
    async (phpdotenv) => {
      const expected = await parseWithPhp(phpdotenv, texts)
      const dialect = dialectOf(phpdotenv)
      const different = texts.flatMap((text, at) => {
        const ours = parseOurselves(text, dialect)
        return JSON.stringify(ours) === JSON.stringify(expected[at])
          ? []
          : [{ text, ours, phpdotenv: expected[at] }]
      })
      expect(different.slice(0, 5)).toEqual([])
      const refused = expected.filter((entries) => entries === null).length
      const variables = expected.filter((entries) => entries?.some(([, , looksUp]) => looksUp)).length
      expect(Math.min(refused, numRuns - refused)).toBeGreaterThan(numRuns / 4)
      expect(variables).toBeGreaterThan(numRuns / 50)
    },
  )
})
