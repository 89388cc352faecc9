import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const text = read("docs/doctor.md")

test("docs/doctor.md has every link and no other", () => {
  const [, union = ""] = /export type Link =([\s\S]*?)\n\n/.exec(read("src/doctor/core/finding.ts")) ?? []
  const links = [...union.matchAll(/"([a-z.-]+)"/g)].map(([, link]) => link)
  const rows = [...text.matchAll(/^\| (`[a-z].*?) \|/gm)].map(([, cell = ""]) => cell)
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  expect(links.length).toBeGreaterThan(30)
  expect([...new Set(named)].sort()).toEqual([...links].sort())
})

test("docs/doctor.md has every action that the deployer's policy grants for the doctor alone", () => {
  for (const action of ["kms:DescribeKey", "ecr:DescribeRepositories", "ListPodIdentityAssociations"]) {
    expect(text).toContain(action)
  }
})
