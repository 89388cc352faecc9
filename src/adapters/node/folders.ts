import type { Dirent } from "node:fs"
import { readdir } from "node:fs/promises"
import type { Folders } from "../../ports/files.ts"

const maxDepth = 5
const maxFiles = 5_000
const passedOver: ReadonlySet<string> = new Set(["node_modules", "vendor", "storage"])

/** The real folders. One that cannot be read has nothing in it. */
export const nodeFolders: Folders = {
  async files(root, endings) {
    const found: string[] = []
    let folders = [root]
    for (let depth = 0; depth < maxDepth && found.length < maxFiles; depth += 1) {
      const below: string[] = []
      for (const folder of folders) {
        for (const entry of await entriesOf(folder || ".")) {
          const path = `${folder}${entry.name}`
          if (entry.isDirectory() && isOwn(entry.name)) below.push(`${path}/`)
          if (entry.isFile() && endings.some((ending) => path.endsWith(ending))) found.push(path)
        }
      }
      folders = below
    }
    return found.slice(0, maxFiles).sort()
  },
}

function isOwn(name: string): boolean {
  return !name.startsWith(".") && !passedOver.has(name)
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
