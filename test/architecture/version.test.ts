import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { version } from "../../src/core/version.ts"

test("the version in the code is the version of the package", () => {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")
  expect(JSON.parse(text)).toMatchObject({ version })
})
