import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Writes SHA256SUMS of all files of a folder whose name matches, as `sha256sum --check` reads it. */
export function writeChecksums(folder: string, names: RegExp): void {
  const lines = readdirSync(folder)
    .filter((name) => names.test(name))
    .sort()
    .map((name) => `${sha256(join(folder, name))}  ${name}\n`)
  writeFileSync(join(folder, "SHA256SUMS"), lines.join(""))
}

/** The SHA-256 of a file, in hexadecimal. */
export function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex")
}
