import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { defaultOf, leftOut, leftOutOf, restOf } from "../default-run.ts"
import { allOf, type Choice } from "../projects.ts"

const root = join(import.meta.dirname, "../..")
const filesOf = (pattern: string) => globSync(pattern, { cwd: root })
const patterns = leftOut.flatMap(({ project, files, why }) =>
  files.map((pattern) => ({ project, pattern, why })),
)

describe("what npm test leaves out", () => {
  test.each(patterns)("matches a test of the project $project: $pattern", ({ project, pattern, why }) => {
    const files = filesOf(pattern)
    expect(files).not.toEqual([])
    expect(files.filter((file) => !file.endsWith(".test.ts"))).toEqual([])
    const isScript = (file: string) => file.startsWith("test/script/")
    expect(files.filter((file) => isScript(file) === (project === "unit"))).toEqual([])
    expect(why).toMatch(/\.$/)
  })

  test("is never the main path: it is run as the binary, and what differs most on Node there too", () => {
    const [node, binary] = (["node", "binary"] as const).map((project) => leftOutOf(project).flatMap(filesOf))
    const main = ["canary", "commands", "config", "exec", "scan", "aws/roles", "aws/tls", "deploy/deploy"]
    const path = [...main, "deploy/rollback", "doctor/healthy"].map((name) => `test/script/${name}.test.ts`)
    expect(path.flatMap(filesOf)).toEqual(path)
    expect(path.filter((file) => binary?.includes(file))).toEqual([])
    const onNode = ["exec", "aws/tls", "aws/modules"].map((name) => `test/script/${name}.test.ts`)
    expect(onNode.filter((file) => node?.includes(file))).toEqual([])
  })
})

test("npm run test:all is npm test and the list: each file once, and none is in neither", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  expect(scripts["test"]).toMatch(/ && vitest run --config vitest\.default\.config\.ts$/)
  expect(scripts["test:all"]).toMatch(/ && npm test && vitest run --config vitest\.rest\.config\.ts$/)
  for (const project of ["unit", "node", "binary"] as const) {
    const [all, byDefault, rest] = [allOf, defaultOf, restOf].map((choice) => chosen(choice(project)))
    expect([...(byDefault ?? []), ...(rest ?? [])].sort(), project).toEqual(all?.sort())
  }
})

function chosen({ include, exclude }: Choice): string[] {
  const left = new Set(exclude.flatMap(filesOf))
  return [...new Set(include.flatMap(filesOf))].filter((file) => !left.has(file))
}
