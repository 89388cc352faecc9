import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { expect, test } from "vitest"
import { targets } from "../../build/targets.ts"
import { version } from "../../src/core/version.ts"

const root = join(import.meta.dirname, "../..")
const host = `${process.platform}-${process.arch}`

test("a release of this commit has the same bytes in two folders, for this machine's target", () => {
  expect(targets).toHaveProperty(host)
  const args = ["build/reproduce.ts", "--target", host]
  const lines = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }).trimEnd().split("\n")
  expect(lines.sort()).toEqual(
    ["SHA256SUMS", `envseal-${version}.tgz`, `envseal-${host}`, "envseal.cdx.json"]
      .map((name) => `same      ${name}`)
      .sort(),
  )
})
