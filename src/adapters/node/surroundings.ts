import type { FileAccess, PlannedFile, Surroundings, SystemUser } from "../../ports/surroundings.ts"
import { readdirSync, readlinkSync, readTextSync, realpathSync, statSync } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { basename, dirname, resolve } from "../system/paths.ts"
import { type Account, accountGroups, findAccount, findGroup, userName } from "./account.ts"
import { findFile } from "./program.ts"
import { resolveTarget, type WayRules } from "./target.ts"
import { SecretRules } from "./trust.ts"

const maxTextBytes = 262_144
const maxLinks = 40

/** The place where this process runs. */
export const nodeSurroundings: Surroundings = {
  self: () => {
    const [uid, gid] = [process.geteuid?.(), process.getegid?.()]
    if (uid === undefined || gid === undefined) return null
    // Root may read all, so that its name and groups are seldom asked for.
    return {
      uid,
      get name() {
        return userName(uid)
      },
      get gids() {
        return [gid, ...furtherGroups()]
      },
    }
  },
  user: systemUser,
  group: (group) => orNull(() => findGroup(group)),
  plan,
  isFile: (path) => statOrNull(path)?.isFile() === true,
  realPath: (path) => realPath(resolve(path), maxLinks),
  text: (path) => {
    const stats = statOrNull(path)
    if (stats === null || !stats.isFile() || stats.size > maxTextBytes) return null
    return orNull(() => readTextSync(path))
  },
  program: (command) => {
    const file = orNull(() => findFile(command, process.env["PATH"]))
    return typeof file === "string" ? file : null
  },
  names: (folder) => orNull(() => readdirSync(folder).sort()) ?? [],
}

/** Node counts the group of the process as one of them; the system may not. */
function furtherGroups(): readonly number[] {
  const status = orNull(() => readTextSync("/proc/self/status")) ?? ""
  const [, groups] = /^Groups:(.*)$/m.exec(status) ?? []
  if (groups === undefined) return process.getgroups?.() ?? []
  return groups
    .split(/\s+/)
    .filter((group) => group !== "")
    .map(Number)
}

function systemUser(user: string): SystemUser | null {
  const account = orNull(() => findAccount(user))
  if (account === null) return null
  return { name: user, uid: account.uid, gids: accountGroups(account) }
}

/** Walks the way that the file will be written on. */
function plan(path: string, mode: number, owner: string | null): PlannedFile {
  const account = owner === null ? null : findAccount(owner)
  const folders: FileAccess[] = []
  const target = resolveTarget(path, recording(new SecretRules(account), folders))
  target.folder.release()
  return { path: target.path, file: futureFile(target.path, mode, account), folders }
}

function recording(rules: WayRules, folders: FileAccess[]): WayRules {
  return {
    checkFolder: (folder, parent) => {
      rules.checkFolder(folder, parent)
      folders.push(accessOf(folder.path, folder.stats))
    },
    checkLink: (path, link, folder) => rules.checkLink(path, link, folder),
    checkTarget: (target) => rules.checkTarget(target),
  }
}

function futureFile(path: string, mode: number, account: Account | null): FileAccess {
  return {
    path,
    uid: account?.uid ?? process.geteuid?.() ?? 0,
    gid: account?.gid ?? process.getegid?.() ?? 0,
    mode,
  }
}

function accessOf(path: string, { uid, gid, mode }: FileStats): FileAccess {
  return { path, uid, gid, mode }
}

/** Also of what is not there yet, and of a link to it. */
function realPath(path: string, links: number): string {
  const found = orNull(() => realpathSync(path))
  if (found !== null || links === 0 || dirname(path) === path) return found ?? path
  const folder = realPath(dirname(path), links - 1)
  const link = orNull(() => readlinkSync(path))
  return link === null ? resolve(folder, basename(path)) : realPath(resolve(folder, link), links - 1)
}

function statOrNull(path: string): FileStats | null {
  return orNull(() => statSync(path))
}

function orNull<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}
