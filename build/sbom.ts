import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { commitTime } from "./commit.ts"

const root = join(import.meta.dirname, "..")

/**
 * A CycloneDX bill of materials of what is in package and binaries: the packages that they use, and Bun's runtime. It is
 * the same each time: its time is that of the commit, its number comes from what it lists.
 */
export function writeSbom(file: string): void {
  const args = [
    "sbom",
    "--sbom-format=cyclonedx",
    "--sbom-type=application",
    "--omit=dev",
    "--package-lock-only",
  ]
  const bom = JSON.parse(
    execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  )
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/bun/package.json"), "utf8"))
  bom.components.push({
    "bom-ref": `bun@${version}`,
    type: "platform",
    name: "bun",
    version,
    purl: `pkg:npm/bun@${version}`,
    licenses: [{ license: { id: "MIT" } }],
  })
  // npm takes the folder's name for it.
  bom.metadata.component.name = "envseal"
  bom.metadata.timestamp = new Date(commitTime(root) * 1000).toISOString()
  delete bom.serialNumber
  bom.serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bom))}`
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`)
}

/** A UUID of a text: version 8 of RFC 9562, from its SHA-256. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}
