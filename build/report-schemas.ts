import { execFileSync } from "node:child_process"
import { readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { jsonSchemaOf, reports } from "./schemas/report.ts"

/** Writes schemas/, which says what each `--json` prints: `node build/report-schemas.ts`. */
const root = join(import.meta.dirname, "..")
const folder = join(root, "schemas")
for (const name of readdirSync(folder)) rmSync(join(folder, name))
for (const report of reports) {
  writeFileSync(
    join(folder, `${report.name}.schema.json`),
    `${JSON.stringify(jsonSchemaOf(report), null, 2)}\n`,
  )
}
execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", folder])
