import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import loadWabt from "wabt"

const folder = join(import.meta.dirname, "../src/scan/core")
const source = "vector-sieve.wat"

/** The text of src/scan/core/vector-code.ts. */
export async function vectorCodeModule(): Promise<string> {
  const wabt = await loadWabt()
  const module = wabt.parseWat(source, readFileSync(join(folder, source), "utf8"))
  module.validate()
  const code = Buffer.from(module.toBinary({}).buffer).toString("base64")
  return `// Made by \`node build/vector-code.ts\` from ${source}: change that, and run it again.

/** WebAssembly, in base64. */
export const vectorCode =
  "${code}"
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(folder, "vector-code.ts"), await vectorCodeModule())
}
