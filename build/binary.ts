import { join, relative } from "node:path"
import { parseArgs } from "node:util"
import { makeBinaries } from "./binaries.ts"
import { writeChecksums } from "./checksums.ts"
import { writeSbom } from "./sbom.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const out = join(root, "dist/bin")

/**
 * Makes standalone binaries: `npm run build:binary` for this machine, `-- --target linux-arm64` for others
 * (repeatable), `-- --all` for all. Beside them stand SHA256SUMS and a bill of materials.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { target: { type: "string", multiple: true }, all: { type: "boolean", default: false } },
  })
  const wanted = values.all ? Object.keys(targets) : (values.target ?? [])
  for (const path of await makeBinaries(wanted, out)) process.stdout.write(`${relative(root, path)}\n`)
  writeChecksums(out, /^envseal-(?:linux|darwin)/)
  writeSbom(join(out, "envseal.cdx.json"))
}

await main()
