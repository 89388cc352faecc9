import { createHash } from "node:crypto"
import { needlesOf } from "../../src/scan/core/needle.ts"
import { SearchSet } from "../../src/scan/core/search-set.ts"
import { weakness } from "../../src/scan/core/weakness.ts"
import { entry } from "../dotenv/values.ts"
import { encoders } from "./encoders.ts"

export const valueLengths = [8, 12, 16, 24, 32, 48, 72, 200]
const valuesEach = 40

const alphabets = [
  "0123456789abcdef",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~",
  "abcXYZ09 äöüß€日😀\"'\\",
]

/** The same values at every run: {@link valuesEach} of a length in characters, of several alphabets in turns. */
export function valuesOf(length: number): string[] {
  const values = Array.from({ length: 2 * valuesEach }, (_, turn) => {
    const alphabet = [...(alphabets[turn % alphabets.length] ?? "")]
    const bytes = Array.from({ length: Math.ceil(length / 32) }, (_unused, at) =>
      createHash("sha256").update(`${length} ${turn} ${at}`).digest(),
    )
    const inner = [...Buffer.concat(bytes).subarray(0, length)].map(
      (byte) => alphabet[byte % alphabet.length],
    )
    return inner.join("").replace(/^ | $/g, "x")
  })
  return values.filter((value) => weakness(value, 8) === null).slice(0, valuesEach)
}

/** A table in Markdown: of how many values of each length a find is made, by how they are encoded. */
export function encodingTable(): string {
  const header = `| encoding | ${valueLengths.join(" | ")} |`
  const line = `| --- |${" --- |".repeat(valueLengths.length)}`
  const counts = new Map(encoders.map(({ name }) => [name, valueLengths.map(() => 0)]))
  for (const [column, length] of valueLengths.entries()) {
    for (const [turn, value] of valuesOf(length).entries()) {
      const searchSet = new SearchSet(needlesOf([entry("A", value)], { minLength: 8, excuse: () => null }))
      for (const { name, write } of encoders) {
        const isFound = searchSet.lookAt(Buffer.from(write(value, turn))).length > 0
        const row = counts.get(name)
        if (isFound && row !== undefined) row[column] = (row[column] ?? 0) + 1
      }
    }
  }
  const rows = [...counts].map(([name, row]) => `| ${name} | ${row.join(" | ")} |`)
  return [header, line, ...rows].join("\n")
}
