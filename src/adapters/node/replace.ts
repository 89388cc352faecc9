import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Account } from "./account.ts"
import { fileError } from "./error.ts"
import { guardDraft } from "./guard.ts"

export interface Replacement {
  readonly mode: number
  readonly owner: Account | null
  /** Have the draft removed even when this process is killed before it is renamed. */
  readonly guarded: boolean
}

const tmpfsMagic = 0x01021994
const ramfsMagic = 0x858458f6

/**
 * Puts `bytes` at `path` in one step: a draft beside it, its mode and owner, flush, rename. After a failure the
 * old file stands, and no draft.
 *
 * @throws EnvsealError `WRITE_FAILED`.
 */
export async function replaceFile(path: string, bytes: Uint8Array, replacement: Replacement): Promise<void> {
  const folder = dirname(path)
  sweepDrafts(folder)
  const draft = join(folder, draftName())
  const guard = replacement.guarded ? await guardDraft(draft) : null
  try {
    writeDraft(draft, bytes, replacement)
    renameSync(draft, path)
    flushFolder(folder)
  } catch (error) {
    removeDraft(draft)
    throw fileError("WRITE_FAILED", "write", path, error, hintFor(systemCode(error)))
  } finally {
    await guard?.release()
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true })
  } catch {
    // On a read-only file system Bun fails for a file that is not there, and why the write failed is what counts.
  }
}

function hintFor(system: string | null): string {
  if (system === "ENOSPC" || system === "EDQUOT")
    return "free some space or raise the volume's size; the old file is untouched"
  if (system === "EPERM") return "only root can give a file to another user: run as root, or drop --owner"
  if (system === "EROFS") return "mount a writable volume there, such as an emptyDir with medium: Memory"
  return "check the folder and who may write there; the old file is untouched"
}

function writeDraft(draft: string, bytes: Uint8Array, { mode, owner }: Replacement): void {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)
  const descriptor = openSync(draft, flags, 0o600)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    if (owner !== null) fchownSync(descriptor, owner.uid, owner.gid ?? process.getegid?.() ?? 0)
    fchmodSync(descriptor, mode)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes the rename itself durable, where the platform lets a folder be flushed. */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, constants.O_RDONLY)
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
  return `.envseal-${process.pid}-${Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString("hex")}`
}

/**
 * Removes what a killed envseal left: drafts of processes that are gone. In a container that restarts, the
 * new process has the old one's number, and has made no draft yet.
 */
function sweepDrafts(folder: string): void {
  for (const name of readdirOrNone(folder)) {
    const [, pid] = /^\.envseal-(\d+)-[0-9a-f]{16}$/.exec(name) ?? []
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue
    try {
      const path = join(folder, name)
      const stats = lstatSync(path)
      if (stats.isFile() && stats.uid === process.geteuid?.()) rmSync(path, { force: true })
    } catch {
      // Another envseal removed it first.
    }
  }
}

function readdirOrNone(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== "ESRCH"
  }
}

/** @throws EnvsealError `TARGET_UNSAFE` when the folder of `path` is not in memory. */
export function requireTmpfs(path: string): void {
  const folder = dirname(path)
  const type = statfsSync(folder).type >>> 0
  if (type === tmpfsMagic || type === ramfsMagic) return
  throw new EnvsealError("TARGET_UNSAFE", `will not write to ${printable(path)}: it is not on a tmpfs`, {
    hint: `mount a tmpfs on ${printable(folder)} (in Kubernetes an emptyDir with medium: Memory), or drop --require-tmpfs`,
  })
}
