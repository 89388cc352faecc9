import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { encodingTable } from "./encoding-table.ts"

describe("the table of what scan finds", () => {
  const table = encodingTable()

  test("stands in the threat model as it is measured (npm run docs:scan writes it)", () => {
    const document = readFileSync(new URL("../../docs/threat-model.md", import.meta.url), "utf8")
    expect(document).toContain(table)
  })

  test("says that every value is found in every encoding", () => {
    const cells = table
      .split("\n")
      .slice(2)
      .flatMap((row) => row.split(" | ").slice(1))
    expect(new Set(cells.map((cell) => Number.parseInt(cell, 10)))).toEqual(new Set([40]))
  })
})
