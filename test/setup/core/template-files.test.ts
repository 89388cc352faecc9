import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { templateFilesModule } from "../../../build/template-files.ts"

test("src/setup/core/template-files.ts is what build/template-files.ts writes", () => {
  const written = readFileSync(join(import.meta.dirname, "../../../src/setup/core/template-files.ts"), "utf8")
  expect(written).toBe(templateFilesModule())
})
