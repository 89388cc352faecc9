import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { bugHint } from "../../src/cli/failure.ts"
import { bugAddress, version } from "../../src/core/version.ts"

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"))

test("the version in the code is the version of the package", () => {
  expect(manifest).toMatchObject({ version })
})

test("the address for bugs in the code is the package's, or none while the package has none", () => {
  expect(bugAddress).toBe(manifest.bugs?.url ?? null)
})

test("a bug is reported to the package's address, and where there is none to who gave the program", () => {
  const address = "https://git.example/envseal/issues"
  expect(bugHint(address)).toBe(`please report these lines at ${address}; no value is in them`)
  expect(bugHint(null)).toBe(
    "please report these lines to the people who gave you envseal; no value is in them",
  )
})
