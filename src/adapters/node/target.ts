import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { lstatIfThere, readlinkSync } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { join, resolve, sep } from "../system/paths.ts"
import { fileError } from "./error.ts"
import { type HeldFolder, holdFolder } from "./held-folder.ts"

/** Where a file is to be written: an entry of a folder that is held. */
export interface WriteTarget {
  readonly folder: HeldFolder
  readonly name: string
  /** Links resolved. */
  readonly path: string
  /** Of the file that is there now. */
  readonly stats: FileStats | null
}

/** What may be on the way to a target. Each method throws an `EnvsealError` for what may not. */
export interface WayRules {
  /** @param parent `null` at the top. */
  checkFolder(folder: HeldFolder, parent: FileStats | null): void
  checkLink(path: string, link: FileStats, folder: HeldFolder): void
  checkTarget(target: WriteTarget): void
}

const maxLinks = 40

/**
 * Follows a path to its end, every folder and link on the way looked at, and each folder held from the moment that it
 * was looked at: who puts another one in its place changes nothing.
 *
 * @returns the target; the caller releases its folder.
 * @throws EnvsealError `TARGET_UNSAFE`, `WRITE_FAILED` when a folder is not there, or what the rules throw.
 */
export function resolveTarget(path: string, rules: WayRules): WriteTarget {
  const top = holdFolder(sep)
  try {
    return follow(path, rules, top)
  } finally {
    top.release()
  }
}

function follow(path: string, rules: WayRules, top: HeldFolder): WriteTarget {
  let way = new Way(top, rules)
  let names = split(resolve(path))
  try {
    for (let links = 0; ; ) {
      const [name, ...rest] = names
      if (name === undefined) throw unsafe(path, "it is a folder")
      const seen = way.look(name)
      const link = seen?.isSymbolicLink() ? way.readLink(name) : null
      if (link !== null) {
        links += 1
        if (links > maxLinks) throw unsafe(path, "it goes through too many links")
        names = [...split(resolve(way.folder.path, link)), ...rest]
        way.release()
        way = new Way(top, rules)
      } else if (rest.length === 0) {
        return way.end(name, seen)
      } else {
        way.enter(name, seen)
        names = rest
      }
    }
  } catch (error) {
    way.release()
    throw error instanceof EnvsealError ? error : fileError("WRITE_FAILED", "write", path, error)
  }
}

/** One walk from the top, with the folder that it has come to. */
class Way {
  readonly #top: HeldFolder
  readonly #rules: WayRules
  folder: HeldFolder

  constructor(top: HeldFolder, rules: WayRules) {
    this.#top = top
    this.#rules = rules
    this.folder = top
    rules.checkFolder(top, null)
  }

  /** What is there by that name, links not followed; `null` for nothing. */
  look(name: string): FileStats | null {
    return statOrNull(this.folder, name)
  }

  /** Where the link of that name points to. */
  readLink(name: string): string {
    const { folder } = this
    const path = join(folder.path, name)
    return folder.holdEntry(name, (link) => {
      const target = link.isSymbolicLink() ? readlinkSync(folder.at(name)) : null
      const now = statOrNull(folder, name)
      // What was read is only known to be of the link that was looked at when that is there still.
      if (target === null || now?.ino !== link.ino || now.ctimeMs !== link.ctimeMs) {
        throw unsafe(path, "it changes while it is looked at")
      }
      this.#rules.checkLink(path, link, folder)
      return target
    })
  }

  enter(name: string, seen: FileStats | null): void {
    const { folder } = this
    const path = join(folder.path, name)
    if (seen === null) throw missing(path)
    const next = folder.enter(name)
    this.release()
    this.folder = next
    if (!next.stats.isDirectory()) throw fileError("WRITE_FAILED", "write into", path, { code: "ENOTDIR" })
    this.#rules.checkFolder(next, folder.stats)
  }

  end(name: string, stats: FileStats | null): WriteTarget {
    const { folder } = this
    const target = { folder, name, path: join(folder.path, name), stats }
    if (target.stats?.isDirectory()) throw unsafe(target.path, "it is a folder")
    if (target.stats?.isFile() === false) throw unsafe(target.path, "it is not a regular file")
    this.#rules.checkTarget(target)
    // The caller releases it with the target, and the top is released with the walk.
    return folder === this.#top ? { ...target, folder: holdFolder(sep) } : target
  }

  release(): void {
    if (this.folder !== this.#top) this.folder.release()
  }
}

function split(path: string): string[] {
  return path.split(sep).filter((name) => name !== "")
}

function statOrNull(folder: HeldFolder, name: string): FileStats | null {
  try {
    return lstatIfThere(folder.at(name))
  } catch (error) {
    throw fileError("WRITE_FAILED", "write", join(folder.path, name), error)
  }
}

function missing(path: string): EnvsealError {
  return new EnvsealError("WRITE_FAILED", `there is no folder ${printable(path)} to write into`, {
    hint: "make the folder, or mount it, before envseal open runs",
  })
}

/** @param why such as `the link belongs to user 1000`. */
export function unsafe(path: string, why: string): EnvsealError {
  return new EnvsealError("TARGET_UNSAFE", `will not write to ${printable(path)}: ${why}`, {
    hint: "write to a folder that only this user can change, or name its owner with --owner",
  })
}
