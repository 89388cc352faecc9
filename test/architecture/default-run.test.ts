import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { leftOut, leftOutOf } from "../default-run.ts"

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
    if (project === "binary") expect(files.filter((file) => !file.startsWith("test/script/"))).toEqual([])
    expect(why).toMatch(/\.$/)
  })

  test("leaves every script to one runtime at least", () => {
    const [node, binary] = [leftOutOf("node"), leftOutOf("binary")].map((files) => files.flatMap(filesOf))
    expect(node?.filter((file) => binary?.includes(file))).toEqual([])
  })
})

test("npm test takes the list, and npm run test:all does not", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  expect(scripts["test"]).toMatch(/vitest run --config vitest\.default\.config\.ts$/)
  expect(scripts["test:all"]).toMatch(/vitest run$/)
})
