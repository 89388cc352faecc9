import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "init-0.1.0")

/**
 * What `envseal init --yes` 0.1.0 wrote for an app `till` with production and staging, and what it was written beside. That
 * version's own output, not made from texts of this one: by it is seen whether those are what it started from.
 */
export const firstFiles: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const name = path.slice(folder.length + 1).replace(/^dockerignore$/, ".dockerignore")
      return [name, readFileSync(path, "utf8")]
    }),
)
