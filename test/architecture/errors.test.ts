import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { exitStatusOf } from "../../src/cli/exit.ts"
import { readModules } from "./modules.ts"

const document = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8")
const modules = readModules()

/** The members of a union of string literals, as they stand in the source. */
function union(name: string): string[] {
  const text = modules.find(({ path }) => path === "core/error.ts")?.text ?? ""
  const body = new RegExp(`export type ${name} =([^\\n]*\\n(?:  \\|.*\\n)*)`).exec(text)?.[1] ?? ""
  return [...body.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code ?? "")
}

function headings(section: string): string[] {
  const body = document.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? ""
  return [...body.matchAll(/^### ([A-Z_]+)$/gm)].map(([, heading]) => heading ?? "")
}

describe("docs/errors.md", () => {
  test("has a heading for each error code, in the order of the union", () => {
    expect(union("ErrorCode").length).toBeGreaterThan(20)
    expect(headings("Codes")).toEqual(union("ErrorCode"))
  })

  test("has a heading for each problem code, in the order of the union", () => {
    expect(union("ProblemCode").length).toBeGreaterThan(5)
    expect(headings("Problems")).toEqual(union("ProblemCode"))
  })

  test.each(Object.entries(exitStatusOf))(
    "gives %s the exit status %i that the table has",
    (code, status) => {
      const section = document.split(/^### /m).find((part) => part.startsWith(`${code}\n`)) ?? ""
      expect(/Status (\d+)\./.exec(section)?.[1]).toBe(String(status))
    },
  )

  test.each([...union("ErrorCode"), ...union("ProblemCode")])(
    "speaks of %s, which the code throws somewhere",
    (code) => {
      const users = modules.filter(
        ({ path, text }) => path !== "core/error.ts" && path !== "cli/exit.ts" && text.includes(`"${code}"`),
      )
      expect(users).not.toEqual([])
    },
  )
})
