import { lstatSync, statfsSync } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { isAbsolute } from "../system/paths.ts"

const tmpfsMagic = 0x01021994
const ramfsMagic = 0x858458f6

/** Whether what is in a folder is in memory, and on no disk but for swap. @throws what the system does. */
export function isInMemory(folder: string): boolean {
  const type = statfsSync(folder).type >>> 0
  return type === tmpfsMagic || type === ramfsMagic
}

/** Folders that may be in memory, those that most systems have first. */
export function memoryFolders(variables: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = [variables["XDG_RUNTIME_DIR"], `/run/user/${process.geteuid?.()}`, variables["TMPDIR"]]
  const folders = ["/dev/shm", ...given, "/tmp"].filter((one) => one !== undefined)
  return [...new Set(folders)].filter((one) => isAbsolute(one) && isFolderInMemory(one))
}

function isFolderInMemory(folder: string): boolean {
  try {
    return isInMemory(folder)
  } catch {
    return false
  }
}

/**
 * Whether nobody but this user and root can exchange what is in a folder: it belongs to one of them, and who else may
 * write to it may not rename what is not theirs.
 */
export function keepsEntries(folder: string): boolean {
  const stats = lstatOrNull(folder)
  if (stats === null || !stats.isDirectory()) return false
  const isOurs = stats.uid === 0 || stats.uid === process.geteuid?.()
  return isOurs && ((stats.mode & 0o022) === 0 || (stats.mode & 0o1000) !== 0)
}

function lstatOrNull(path: string): FileStats | null {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}
