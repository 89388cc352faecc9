import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { firstTemplateFilesModule, templateFilesModule } from "../../../build/template-files.ts"

test.each([
  ["template-files", templateFilesModule],
  ["first-template-files", firstTemplateFilesModule],
])("src/setup/core/%s.ts is what build/template-files.ts writes", (name, module) => {
  const written = readFileSync(join(import.meta.dirname, `../../../src/setup/core/${name}.ts`), "utf8")
  expect(written).toBe(module())
})
