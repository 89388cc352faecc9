import { lstatSync, readlinkSync, type Stats } from "node:fs"
import { dirname, join, resolve, sep } from "node:path"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Account } from "./account.ts"
import { fileError } from "./error.ts"

const maxLinks = 40
const writableByGroup = 0o020
const writableByAll = 0o002
const sticky = 0o1000

/**
 * Where a secret is to be written when `path` is followed to its end, every folder and link on the way looked
 * at. What another user owns, or could have swapped, is refused: it would choose where the secret goes, or
 * what the app reads in its place.
 *
 * Trusted are root, the running user, and the account the file is meant for.
 *
 * @throws EnvsealError `TARGET_UNSAFE`, or `WRITE_FAILED` when a folder is not there.
 */
export function resolveTarget(path: string, owner: Account | null): string {
  const trust = new Trust(owner)
  let names = split(resolve(path))
  let folder: string = sep
  for (let links = 0; names.length > 0; ) {
    trust.checkFolder(folder)
    const [name = "", ...rest] = names
    const next = join(folder, name)
    const stats = statOrNull(next)
    if (stats?.isSymbolicLink()) {
      trust.checkOwner(next, stats, "link")
      links += 1
      if (links > maxLinks) throw unsafe(path, "it goes through too many links")
      const target = resolve(folder, readlinkSync(next))
      names = [...split(target), ...rest]
      folder = sep
    } else if (rest.length === 0) {
      checkFile(next, stats, trust)
      return next
    } else {
      if (stats === null) throw missing(next)
      names = rest
      folder = next
    }
  }
  throw unsafe(path, "it is a folder")
}

function split(path: string): string[] {
  return path.split(sep).filter((name) => name !== "")
}

function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null
    throw fileError("WRITE_FAILED", "write", path, error)
  }
}

function missing(path: string): EnvsealError {
  return new EnvsealError("WRITE_FAILED", `there is no folder ${printable(path)} to write into`, {
    hint: "make the folder, or mount it, before envseal open runs",
  })
}

function checkFile(path: string, stats: Stats | null, trust: Trust): void {
  if (stats === null) return
  if (stats.isDirectory()) throw unsafe(path, "it is a folder")
  if (!stats.isFile()) throw unsafe(path, "it is not a regular file")
  trust.checkOwner(path, stats, "file")
}

function unsafe(path: string, why: string): EnvsealError {
  return new EnvsealError("TARGET_UNSAFE", `will not write to ${printable(path)}: ${why}`, {
    hint: "write to a folder that only this user can change, or name its owner with --owner",
  })
}

/** Whose links, files and folders are believed. */
class Trust {
  readonly #uids: ReadonlySet<number>
  readonly #gids: ReadonlySet<number>

  constructor(owner: Account | null) {
    // Windows has neither numbers nor permission bits; there every file belongs to user 0.
    this.#uids = new Set([0, process.geteuid?.() ?? 0, ...(owner === null ? [] : [owner.uid])])
    this.#gids = new Set([0, process.getegid?.() ?? 0, ...(owner?.gid == null ? [] : [owner.gid])])
  }

  checkOwner(path: string, stats: Stats, kind: string): void {
    if (this.#uids.has(stats.uid)) return
    throw unsafe(path, `the ${kind} belongs to user ${stats.uid}`)
  }

  checkFolder(path: string): void {
    const stats = lstatSync(path)
    if (!stats.isDirectory()) throw fileError("WRITE_FAILED", "write into", path, { code: "ENOTDIR" })
    this.checkOwner(path, stats, "folder")
    const open =
      (stats.mode & writableByAll) !== 0 ||
      ((stats.mode & writableByGroup) !== 0 && !this.#gids.has(stats.gid))
    if (open && (stats.mode & sticky) === 0 && !isVolume(path, stats)) {
      throw unsafe(path, "other users can change the folder")
    }
  }
}

/**
 * A mount that belongs to root. Kubernetes makes every emptyDir writable by all, and what shares a pod's
 * volume is part of the pod.
 */
function isVolume(path: string, stats: Stats): boolean {
  return stats.uid === 0 && stats.dev !== lstatSync(dirname(path)).dev
}
