import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")

/** A CycloneDX bill of materials of what is in a binary: the packages that it bundles, and Bun's runtime. */
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
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`)
}
