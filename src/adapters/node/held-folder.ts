import { closeSync, constants, fstatSync, lstatSync, openSync, statSync } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { join } from "../system/paths.ts"

/** Linux: open without the right to read. Node has no name for it. */
const onlyPath = 0x200000

/**
 * A folder that stays the same one, whatever is put in its place: it is open, and its entries are reached through the
 * descriptor. Where the system has no `/proc`, it is reached by its path.
 */
export class HeldFolder {
  /** The path as people read it. */
  readonly path: string
  readonly stats: FileStats
  /** `null` where it is not held, but reached by its path. */
  readonly descriptor: number | null

  constructor(path: string, stats: FileStats, descriptor: number | null) {
    this.path = path
    this.stats = stats
    this.descriptor = descriptor
  }

  /** The folder of that name in this one. @throws `ENOTDIR` of the system for a link. */
  enter(name: string): HeldFolder {
    return hold(this.at(name), join(this.path, name), constants.O_NOFOLLOW)
  }

  /** The path to give to the system for an entry; `.` is the folder itself. */
  at(name: string): string {
    return this.descriptor === null ? join(this.path, name) : `/proc/self/fd/${this.descriptor}/${name}`
  }

  /** An entry itself, no link followed: open while `look` runs, so that no other one can have its number. */
  holdEntry<T>(name: string, look: (stats: FileStats) => T): T {
    if (this.descriptor === null) return look(lstatSync(this.at(name)))
    const descriptor = openSync(this.at(name), onlyPath | constants.O_NOFOLLOW)
    try {
      return look(fstatSync(descriptor))
    } finally {
      closeSync(descriptor)
    }
  }

  release(): void {
    if (this.descriptor !== null) closeSync(this.descriptor)
  }
}

/** The folder at a path, links followed. @throws what the system does when there is none. */
export function holdFolder(path: string): HeldFolder {
  return hold(path, path)
}

function hold(at: string, path: string, flags = 0): HeldFolder {
  if (process.platform !== "linux")
    return new HeldFolder(path, flags === 0 ? statSync(at) : lstatSync(at), null)
  const descriptor = openSync(at, onlyPath | constants.O_DIRECTORY | flags)
  const stats = fstatSync(descriptor)
  if (isReached(descriptor, stats)) return new HeldFolder(path, stats, descriptor)
  closeSync(descriptor)
  return new HeldFolder(path, stats, null)
}

/** Whether `/proc` has been found to lead to a descriptor. Then it leads to any. */
let hasProc = false

/** Whether `/proc` is there and leads to the descriptor. */
function isReached(descriptor: number, { dev, ino }: FileStats): boolean {
  if (hasProc) return true
  try {
    const seen = statSync(`/proc/self/fd/${descriptor}/.`)
    hasProc = seen.dev === dev && seen.ino === ino
  } catch {
    // It is not there, or nobody may look into the folder.
  }
  return hasProc
}
