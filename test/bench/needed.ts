import { existsSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** What benches with a cluster need, by the command that makes it. */
export const clusterParts = {
  "dist/index.js": "npm run build",
  ".cache/awscli/version": "test/real/fetch-awscli.sh",
  ".cache/kubernetes/version": "test/real/fetch-kubernetes.sh",
} as const

/** @throws Error with what is to be run first. */
export function checkParts(needed: Readonly<Record<string, string>>): void {
  for (const [path, command] of Object.entries(needed)) {
    if (!existsSync(join(root, path))) throw new Error(`there is no ${path}: ${command}`)
  }
}
