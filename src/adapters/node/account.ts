import { readFileSync } from "node:fs"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"

/** A user and a group by number. `gid` is `null` where only a user was named by number. */
export interface Account {
  readonly uid: number
  readonly gid: number | null
}

/**
 * Who `owner` names, in the forms of `chown`: `user`, `user:group`, numbers or names. A user by name brings
 * its own group. Names are looked up in the files that every container image has, not in a directory service.
 *
 * @throws EnvsealError `USAGE` for a name that is not there.
 */
export function findAccount(owner: string): Account {
  const [user = "", group] = owner.split(":", 2)
  const known = /^\d+$/.test(user) ? { uid: Number(user), gid: null } : findUser(user, owner)
  return group === undefined
    ? known
    : { uid: known.uid, gid: /^\d+$/.test(group) ? Number(group) : findGroup(group, owner) }
}

function findUser(name: string, owner: string): Account {
  const [, , uid, gid] = findRow("/etc/passwd", name, owner)
  return { uid: Number(uid), gid: Number(gid) }
}

function findGroup(name: string, owner: string): number {
  return Number(findRow("/etc/group", name, owner)[2])
}

function findRow(path: string, name: string, owner: string): string[] {
  const row = readRows(path).find(([first]) => first === name && name !== "")
  if (row !== undefined) return row
  throw new EnvsealError("USAGE", `--owner ${printable(owner)}: "${printable(name)}" is not in ${path}`, {
    hint: "pass numbers, such as --owner 82:82, or make the user in the image",
  })
}

function readRows(path: string): string[][] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .map((line) => line.split(":"))
  } catch {
    return []
  }
}
