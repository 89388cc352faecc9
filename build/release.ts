import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { makeBinaries } from "./binaries.ts"
import { writeChecksums } from "./checksums.ts"
import { commitOf } from "./commit.ts"
import { writeSbom } from "./sbom.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const out = join(root, "release")

/**
 * Makes all files of a release in release/: the package for npm, the binaries of all targets (or of those that
 * `--target` names), a bill of materials, and SHA256SUMS of them all. The same commit gives the same bytes.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { target: { type: "string", multiple: true } } })
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out)
  npm("run", "--silent", "build")
  npm("pack", "--ignore-scripts", "--silent", "--pack-destination", out)
  await makeBinaries(values.target ?? Object.keys(targets), out)
  writeSbom(join(out, "envseal.cdx.json"))
  writeChecksums(out, /^envseal/)
  process.stdout.write(
    `envseal of commit ${commitOf(root)}, in release/, ${readdirSync(out).length} files:\n`,
  )
  process.stdout.write(readFileSync(join(out, "SHA256SUMS"), "utf8"))
}

function npm(...args: string[]): void {
  execFileSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
}

await main()
