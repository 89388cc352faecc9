import type { FileAccess } from "../../ports/surroundings.ts"
import type { FileStats } from "../system/file-shapes.ts"
import type { Account } from "./account.ts"
import type { HeldFolder } from "./held-folder.ts"
import { unsafe, type WayRules, type WriteTarget } from "./target.ts"

const writableByGroup = 0o020
const writableByAll = 0o002
const sticky = 0o1000

/** For what nobody needs to keep secret: a link in `/tmp` is followed as Linux does (`fs.protected_symlinks`). */
export const plainRules: WayRules = {
  checkFolder: () => {},
  checkTarget: () => {},
  checkLink: (path, link, { stats }) => {
    const isShared = (stats.mode & sticky) !== 0 && (stats.mode & writableByAll) !== 0
    if (isShared && link.uid !== own().uid && link.uid !== stats.uid) {
      throw unsafe(path, `the link belongs to user ${link.uid}`)
    }
  },
}

/**
 * For a secret. What another user owns, or could have swapped, is refused: it would choose where the secret goes, or
 * what the app reads in its place. Trusted are root, the running user, and the account that the file is meant for. That
 * account is trusted with what it could do itself: where a link or a folder of its own leads to, it has to be allowed
 * to write.
 */
export class SecretRules implements WayRules {
  readonly #owner: Account | null
  readonly #uids: ReadonlySet<number>
  readonly #gids: ReadonlySet<number>
  /** Whether the account could have chosen the way. */
  #isLed = false
  /** The folders that were looked at, in their order: from the top once more for each link. */
  readonly folders: FileAccess[] = []

  constructor(owner: Account | null) {
    const { uid, gid } = own()
    this.#owner = owner === null || owner.uid === 0 || owner.uid === uid ? null : owner
    this.#uids = new Set([0, uid, ...(owner === null ? [] : [owner.uid])])
    this.#gids = new Set([0, gid, ...(owner?.gid == null ? [] : [owner.gid])])
  }

  checkFolder({ path, stats }: HeldFolder, parent: FileStats | null): void {
    this.#checkOwner(path, stats, "folder")
    this.folders.push({ path, uid: stats.uid, gid: stats.gid, mode: stats.mode })
    this.#noteLead(stats)
    const isOpen =
      (stats.mode & writableByAll) !== 0 ||
      ((stats.mode & writableByGroup) !== 0 && !this.#gids.has(stats.gid))
    if (isOpen && (stats.mode & sticky) === 0 && !isVolume(stats, parent)) {
      throw unsafe(path, "other users can change the folder")
    }
  }

  checkLink(path: string, link: FileStats): void {
    this.#checkOwner(path, link, "link")
    this.#noteLead(link)
  }

  checkTarget({ folder, path, stats }: WriteTarget): void {
    if (stats !== null) this.#checkOwner(path, stats, "file")
    if (this.#owner === null || !this.#isLed) return
    const { uid } = this.#owner
    if (folder.descriptor === null) {
      throw unsafe(path, `user ${uid} could change the way to it, which cannot be held without /proc`)
    }
    const isOwnFolder = folder.stats.uid === uid
    if (!isOwnFolder && !mayWrite(this.#owner, folder.stats)) {
      throw unsafe(path, `user ${uid} leads the way to it, and may not write there`)
    }
    const isKept = !isOwnFolder && (folder.stats.mode & sticky) !== 0
    if (isKept && stats !== null && stats.uid !== uid) {
      throw unsafe(path, `user ${uid} leads the way to it, and the file belongs to user ${stats.uid}`)
    }
  }

  #checkOwner(path: string, stats: FileStats, kind: string): void {
    if (!this.#uids.has(stats.uid)) throw unsafe(path, `the ${kind} belongs to user ${stats.uid}`)
  }

  #noteLead({ uid }: FileStats): void {
    if (uid === this.#owner?.uid) this.#isLed = true
  }
}

/** Windows has neither numbers nor permission bits; there every file belongs to user 0. */
function own(): { readonly uid: number; readonly gid: number } {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
}

function mayWrite({ gid }: Account, { mode, gid: group }: FileStats): boolean {
  return (mode & writableByAll) !== 0 || ((mode & writableByGroup) !== 0 && group === gid)
}

/**
 * A mount that belongs to root. Kubernetes makes every emptyDir writable by all, and who shares a pod's
 * volume is part of the pod.
 */
function isVolume({ uid, dev }: FileStats, parent: FileStats | null): boolean {
  return uid === 0 && parent !== null && dev !== parent.dev
}
