import type { Files, SecretFile, WrittenSecret } from "../../ports/files.ts"
import { accessSync, constants, lstatSync, statSync } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { findAccount } from "./account.ts"
import { createFile } from "./create.ts"
import { readLimited, readStdinLimited } from "./read.ts"
import { replaceFile, requireTmpfs } from "./replace.ts"
import { resolveTarget } from "./target.ts"
import { plainRules, SecretRules } from "./trust.ts"

const readableByAll = 0o004
const writableByAll = 0o002

/** The real file system. */
export const nodeFiles: Files = {
  read: readLimited,
  readStdin: readStdinLimited,
  exists: async (path) => {
    try {
      accessSync(path, constants.F_OK)
      return true
    } catch {
      return false
    }
  },
  isSame: async (one, other) => {
    const [a, b] = [statsOrNull(one), statsOrNull(other)]
    return a !== null && b !== null && a.dev === b.dev && a.ino === b.ino
  },
  isPublic: async (path) => ((statsOrNull(path)?.mode ?? 0) & readableByAll) !== 0,
  isPlanted: async (path) => {
    const trusted = [0, process.geteuid?.() ?? 0, workingOwner()]
    // Of a link, who made it counts as much as whose file it leads to.
    const found = [statsOrNull(path, lstatSync), statsOrNull(path)]
    return found.some((stats) => stats != null && !trusted.includes(stats.uid))
  },
  replace: async (path, bytes, mode) => {
    const target = resolveTarget(path, plainRules)
    try {
      await replaceFile(target, bytes, { mode, owner: null, guarded: false })
    } finally {
      target.folder.release()
    }
  },
  replaceSecret,
  createSecret: async (path, bytes) => createFile(path, bytes),
}

function statsOrNull(path: string, look = statSync): FileStats | null {
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

async function replaceSecret(path: string, bytes: Uint8Array, file: SecretFile): Promise<WrittenSecret> {
  const owner = file.owner === null ? null : findAccount(file.owner)
  const target = resolveTarget(path, new SecretRules(owner))
  try {
    if (file.requireTmpfs) requireTmpfs(target)
    // Its folder stays held for as long as the process runs, so that the file can be removed again.
    const { undo } = await replaceFile(target, bytes, { mode: file.mode, owner, guarded: true })
    return { path: target.path, undo }
  } catch (error) {
    target.folder.release()
    throw error
  }
}
