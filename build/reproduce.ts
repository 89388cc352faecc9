import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { sha256 } from "./checksums.ts"

const root = join(import.meta.dirname, "..")

/**
 * Makes a release twice, in two folders of different names and depths, each with its own temporary folder, and compares
 * every file: `npm run reproduce`, or `-- --target linux-x64` for some targets. Exits with 1 when one differs.
 */
function main(): void {
  const { values } = parseArgs({ options: { target: { type: "string", multiple: true } } })
  const targets = (values.target ?? []).flatMap((name) => ["--target", name])
  const work = mkdtempSync(join(tmpdir(), "envseal-reproduce-"))
  try {
    const folders = [join(work, "a"), join(work, "another/folder/deeper")]
    // Both before the first is made: the repository may go on meanwhile.
    for (const folder of folders) clone(folder)
    const [first, second] = folders.map((folder) => makeRelease(folder, targets))
    const names = [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])].sort()
    const different = names.filter((name) => first?.get(name) !== second?.get(name))
    for (const name of names) {
      process.stdout.write(`${different.includes(name) ? "DIFFERENT" : "same     "} ${name}\n`)
    }
    process.exitCode = different.length > 0 || names.length === 0 ? 1 : 0
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function clone(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true })
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", root, folder])
  execFileSync("cp", ["-a", "--reflink=auto", join(root, "node_modules"), folder])
}

/** @returns the SHA-256 of each file of a release that is made in a clone, which is gone then */
function makeRelease(folder: string, targets: readonly string[]): Map<string, string> {
  const temporary = `${folder}.tmp`
  mkdirSync(temporary)
  const env = { ...process.env, TMPDIR: temporary }
  execFileSync(process.execPath, ["build/release.ts", ...targets], { cwd: folder, env, stdio: "ignore" })
  const release = join(folder, "release")
  const sums = readdirSync(release).map((name) => [name, sha256(join(release, name))] as const)
  rmSync(folder, { recursive: true })
  return new Map(sums)
}

main()
