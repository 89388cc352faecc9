import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { scenarios } from "./source/all.ts"
import { withSeed } from "./source/forge.ts"
import { writeVector } from "./source/vector.ts"

// node test/vectors/generate.ts [name…]: writes the named vectors, or all of them, beside this file.
const names = process.argv.slice(2)
for (const { name, make } of scenarios) {
  if (names.length > 0 && !names.includes(name)) continue
  writeFileSync(join(import.meta.dirname, name), writeVector(await withSeed(name, make)))
}
