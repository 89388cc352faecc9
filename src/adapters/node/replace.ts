import { hexOf } from "../../core/bytes.ts"
import { maxDurationMs } from "../../core/duration.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  namesBeginning,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import type { Account } from "./account.ts"
import { fileError } from "./error.ts"
import { guardDraft } from "./guard.ts"
import type { HeldFolder } from "./held-folder.ts"
import { isInMemory } from "./memory-file-system.ts"
import { placeNameless } from "./nameless-file.ts"
import { removeQuietly } from "./remove.ts"
import type { WriteTarget } from "./target.ts"

export interface Replacement {
  readonly mode: number
  readonly owner: Account | null
  /** Have the draft removed even when this process is killed before it is renamed. */
  readonly guarded: boolean
}

/** A file that was written. */
export interface Replaced {
  /** Removes it again; another one that has come in its place stays. Does not throw. */
  undo(): void
  /** Resolves once no guard is left. */
  readonly settled: Promise<void>
}

/** A file that has its name. */
interface Named {
  readonly stats: FileStats
  readonly settled: Promise<void>
}

/**
 * Puts `bytes` into the target in one step: written to a file beside it, with its mode and owner, flushed, then named. After
 * a failure the old file stands, and no draft. All of it happens in the folder that the target holds, wherever that is by now,
 * and at once: no signal is handled before the caller knows how to remove the file again.
 *
 * @throws EnvsealError `WRITE_FAILED`.
 */
export function replaceFile(target: WriteTarget, bytes: Uint8Array, replacement: Replacement): Replaced {
  const { folder, name, path } = target
  sweepDrafts(folder, replacement.owner)
  try {
    const { stats, settled } = placeNew(target, bytes, replacement) ?? exchange(target, bytes, replacement)
    flushFolder(folder)
    return { undo: () => removeSame(folder.at(name), stats), settled }
  } catch (error) {
    throw fileError("WRITE_FAILED", "write", path, error, hintFor(systemCode(error)))
  }
}

/** Without a draft, where there is no file yet, as in a container that starts. @returns `null` where that cannot be. */
function placeNew(
  { folder, name, stats }: WriteTarget,
  bytes: Uint8Array,
  replacement: Replacement,
): Named | null {
  if (!replacement.guarded || stats !== null) return null
  const placed = placeNameless(folder, name, (descriptor) => writeInto(descriptor, bytes, replacement))
  return placed === null ? null : { stats: placed, settled: Promise.resolve() }
}

/** By a draft that takes the place of what is there. */
function exchange({ folder, name }: WriteTarget, bytes: Uint8Array, replacement: Replacement): Named {
  const draft = draftName()
  const guard = replacement.guarded ? guardDraft(folder, draft) : null
  const release = () => guard?.release() ?? Promise.resolve()
  try {
    const stats = writeDraft(folder.at(draft), bytes, replacement)
    renameSync(folder.at(draft), folder.at(name))
    return { stats, settled: release() }
  } catch (error) {
    removeQuietly(folder.at(draft))
    void release()
    throw error
  }
}

/** The number of a removed file can be that of the next one, so its time counts too. */
function removeSame(path: string, { dev, ino, mtimeMs }: FileStats): void {
  try {
    const now = lstatSync(path)
    if (now.dev === dev && now.ino === ino && now.mtimeMs === mtimeMs) removeQuietly(path)
  } catch {
    // It is gone already.
  }
}

function hintFor(system: string | null): string {
  if (system === "ENOSPC" || system === "EDQUOT")
    return "free some space or raise the volume's size; the old file is untouched"
  if (system === "EPERM") return "only root can give a file to another user: run as root, or drop --owner"
  if (system === "EROFS") return "mount a writable volume there, such as an emptyDir with medium: Memory"
  return "check the folder and who may write there; the old file is untouched"
}

function writeDraft(draft: string, bytes: Uint8Array, replacement: Replacement): FileStats {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)
  const descriptor = openSync(draft, flags, 0o600)
  try {
    return writeInto(descriptor, bytes, replacement)
  } finally {
    closeSync(descriptor)
  }
}

function writeInto(descriptor: number, bytes: Uint8Array, { mode, owner }: Replacement): FileStats {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
  if (owner !== null) fchownSync(descriptor, owner.uid, owner.gid ?? process.getegid?.() ?? 0)
  fchmodSync(descriptor, mode)
  fsyncSync(descriptor)
  return fstatSync(descriptor)
}

/** Makes the rename itself durable, where the platform lets a folder be flushed. */
function flushFolder(folder: HeldFolder): void {
  try {
    const descriptor = openSync(folder.at("."), constants.O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The file is in place and whole; only its survival of a power loss is not assured.
  }
}

function draftName(): string {
  return `${draftStart}${hexOf(crypto.getRandomValues(new Uint8Array(16)))}`
}

const draftStart = ".envseal-"
/** Also as versions before 0.2 named them, with the number of a process. */
const draftGrammar = /^\.envseal-(?:[0-9a-f]{32}|\d+-[0-9a-f]{16})$/

/**
 * Removes what a killed envseal left, once it is older than any envseal runs. Containers that share a volume cannot
 * tell by anything but age whether a draft is still in use: the same process id is another process in each.
 */
function sweepDrafts(folder: HeldFolder, owner: Account | null): void {
  const uids = [process.geteuid?.(), owner?.uid]
  for (const name of draftNames(folder)) {
    if (!draftGrammar.test(name)) continue
    try {
      const stats = lstatSync(folder.at(name))
      const isOld = Date.now() - stats.mtimeMs > maxDurationMs
      if (isOld && stats.isFile() && uids.includes(stats.uid)) unlinkSync(folder.at(name))
    } catch {
      // Another envseal removed it first.
    }
  }
}

function draftNames(folder: HeldFolder): string[] {
  try {
    return namesBeginning(folder.at("."), draftStart)
  } catch {
    return []
  }
}

/** @throws EnvsealError `TARGET_UNSAFE` when the folder of a target is not in memory. */
export function requireTmpfs({ folder, path }: WriteTarget): void {
  if (isInMemory(folder.at("."))) return
  throw new EnvsealError("TARGET_UNSAFE", `will not write to ${printable(path)}: it is not on a tmpfs`, {
    hint: `mount a tmpfs on ${printable(folder.path)} (in Kubernetes an emptyDir with medium: Memory), or drop --require-tmpfs`,
  })
}
