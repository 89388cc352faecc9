import { existsSync } from "node:fs"
import { dirname, join } from "node:path"

/** What is in a clone of envseal, and in no package of it. */
const markers = ["build/image.ts", "docker/envseal.Dockerfile"]

/** The clone of envseal that this program runs from; `null` for a package or a binary. */
export function cloneFolder(): string | null {
  // A binary's own files are in a folder that is none on the disk.
  for (let folder = import.meta.dirname, up = 0; up < 5; folder = dirname(folder), up += 1) {
    if (markers.every((path) => existsSync(join(folder, path)))) return folder
  }
  return null
}
