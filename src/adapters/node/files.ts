import type { Files } from "../../ports/files.ts"
import { existsSync, lstatIfThere, statIfThere } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { createFile } from "./create.ts"
import { planSecret } from "./planned-secret.ts"
import { readLimited, readStdinLimited } from "./read.ts"
import { replaceFile } from "./replace.ts"
import { resolveTarget } from "./target.ts"
import { plainRules } from "./trust.ts"

const readableByAll = 0o004
const writableByAll = 0o002

/** The real file system. */
export const nodeFiles: Files = {
  read: readLimited,
  readStdin: readStdinLimited,
  exists: async (path) => existsSync(path),
  isSame: async (one, other) => {
    const a = statsOrNull(one)
    const b = a === null ? null : statsOrNull(other)
    return a !== null && b !== null && a.dev === b.dev && a.ino === b.ino
  },
  isPublic: async (path) => ((statsOrNull(path)?.mode ?? 0) & readableByAll) !== 0,
  isPlanted: async (path) => {
    const trusted = [0, process.geteuid?.() ?? 0, workingOwner()]
    // Of a link, who made it counts as much as whose file it leads to.
    const found = [statsOrNull(path, lstatIfThere), statsOrNull(path)]
    return found.some((stats) => stats != null && !trusted.includes(stats.uid))
  },
  replace: async (path, bytes, mode) => {
    const target = resolveTarget(path, plainRules)
    try {
      replaceFile(target, bytes, { mode, owner: null, guarded: false })
    } finally {
      target.folder.release()
    }
  },
  planSecret,
  createSecret: async (path, bytes) => createFile(path, bytes),
}

function statsOrNull(path: string, look = statIfThere): FileStats | null {
  try {
    return look(path)
  } catch {
    return null
  }
}

/** Who could put anything into the working directory; root where all can. */
function workingOwner(): number {
  const stats = statsOrNull(".")
  return stats === null || (stats.mode & writableByAll) !== 0 ? 0 : stats.uid
}
