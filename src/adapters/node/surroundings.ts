import type { Surroundings, SystemUser } from "../../ports/surroundings.ts"
import { readdirSync, readlinkSync, readTextSync, realpathSync, statIfThere } from "../system/file-calls.ts"
import type { FileStats } from "../system/file-shapes.ts"
import { basename, dirname, resolve } from "../system/paths.ts"
import { accountGroups, findAccount, findGroup, userName } from "./account.ts"
import { findFile } from "./program.ts"

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

/** Also of what is not there yet, and of a link to it. */
function realPath(path: string, links: number): string {
  const found = orNull(() => realpathSync(path))
  if (found !== null || links === 0 || dirname(path) === path) return found ?? path
  const folder = realPath(dirname(path), links - 1)
  const link = orNull(() => readlinkSync(path))
  return link === null ? resolve(folder, basename(path)) : realPath(resolve(folder, link), links - 1)
}

function statOrNull(path: string): FileStats | null {
  try {
    return statIfThere(path)
  } catch {
    return null
  }
}

function orNull<T>(look: () => T): T | null {
  try {
    return look()
  } catch {
    return null
  }
}
