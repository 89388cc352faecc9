import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hexOf } from "../../core/bytes.ts"
import { EnvsealError } from "../../core/error.ts"
import { isAlive, showAlive } from "./alive.ts"
import { fileError } from "./error.ts"
import { guardFolder } from "./folder-guard.ts"
import { holdFolder } from "./held-folder.ts"
import { keepsEntries, memoryFolders } from "./memory-file-system.ts"

/** A folder that only this user can look into, until it is removed. */
export interface PrivateFolder {
  readonly path: string
  readonly inMemory: boolean
  /** With all that is in it. Does not throw. */
  remove(): void
}

const grammar = /^envseal-edit-[0-9a-f]{24}$/
/** Of one that is not shown to be alive yet. Nothing is in it. */
const newGrammar = /^\.envseal-edit-[0-9a-f]{24}$/
const alive = "alive"

/** Longer than it takes to begin. */
const newMs = 3_600_000

/**
 * Makes a folder in memory, once it has removed those that dead processes of this user left. It is removed when this
 * process ends. When that is killed, a guard does it, or where there is none, the next run. On macOS, which has nothing
 * in memory, it is in the folder for temporary files that each user has there.
 *
 * @param places where to look, the best first; those of the system when left out.
 * @throws EnvsealError `TARGET_UNSAFE` when there is no place.
 */
export async function makePrivateFolder(places = systemPlaces()): Promise<PrivateFolder> {
  const usable = places.folders.filter(keepsEntries)
  for (const base of usable) await sweepFolders(base)
  let failure: unknown = null
  for (const base of usable) {
    try {
      return { ...(await makeIn(base)), inMemory: places.inMemory }
    } catch (error) {
      failure ??= fileError("TARGET_UNSAFE", "make a folder in", base, error, hint)
    }
  }
  throw failure ?? new EnvsealError("TARGET_UNSAFE", "there is no file system in memory to edit in", { hint })
}

const hint = "mount a tmpfs on /dev/shm, or change single names: envseal secret set"

/** Where a text may be kept for a while. */
export interface Places {
  readonly folders: readonly string[]
  readonly inMemory: boolean
}

function systemPlaces(): Places {
  if (process.platform === "darwin") return { folders: [realpathSync(tmpdir())], inMemory: false }
  return { folders: process.platform === "linux" ? memoryFolders(process.env) : [], inMemory: true }
}

async function makeIn(base: string): Promise<Omit<PrivateFolder, "inMemory">> {
  const random = hexOf(crypto.getRandomValues(new Uint8Array(12)))
  const begun = join(base, `.envseal-edit-${random}`)
  mkdirSync(begun, { mode: 0o700 })
  try {
    chmodSync(begun, 0o700)
    // Closing a socket takes its name away. That must be of this folder, though its path is another one by then:
    // somebody else may have made a link of the first one. So it is held until this process ends.
    const conceal = await showAlive(holdFolder(begun).at(alive))
    const path = join(base, `envseal-edit-${random}`)
    // Only a folder that shows that it is alive has a name that others sweep.
    renameSync(begun, path)
    const endGuard = guardFolder(path)
    const remove = () => {
      process.removeListener("exit", remove)
      conceal()
      removeQuietly(path)
      endGuard()
    }
    process.once("exit", remove)
    return { path, remove }
  } catch (error) {
    removeQuietly(begun)
    throw error
  }
}

/**
 * Removes the folders of this user that no process is alive for. Others cannot put a link or another folder in their
 * place: what is looked at is what is removed.
 */
export async function sweepFolders(base: string): Promise<void> {
  for (const name of namesIn(base)) {
    const path = join(base, name)
    if (grammar.test(name) && isOwnFolder(path) && !(await isAlive(join(path, alive)))) removeQuietly(path)
    if (newGrammar.test(name) && isOwnFolder(path, Date.now() - newMs)) removeQuietly(path)
  }
}

function isOwnFolder(path: string, latest = Number.POSITIVE_INFINITY): boolean {
  try {
    const stats = lstatSync(path)
    return stats.isDirectory() && stats.uid === process.geteuid?.() && stats.mtimeMs < latest
  } catch {
    return false
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Tried again where a program that still runs puts something into it meanwhile. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 10 })
  } catch {
    // The next run sweeps it.
  }
}
