import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { settingsJsonSchema } from "../src/config/json-schema.ts"

/** Writes envseal.schema.json, which editors check envseal.yaml with: `node build/settings-schema.ts`. */
const root = join(import.meta.dirname, "..")
const file = join(root, "envseal.schema.json")
writeFileSync(file, `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`)
execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", file])
