import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { readTextSync } from "../system/file-calls.ts"

/** A user and a group by number. `gid` is `null` where only a user was named by number. */
export interface Account {
  readonly uid: number
  readonly gid: number | null
}

/** The next one, of 32 bits all set, means "leave as it is" to the system, and gives the file to nobody. */
const maxId = 4_294_967_294

/**
 * Who `owner` names, in the forms of `chown`: `user`, `user:group`, numbers or names. A user by name brings
 * its own group. Names are looked up in the files that every container image has, not in a directory service.
 *
 * @throws EnvsealError `USAGE` for a name that is not there, or a number that no account has.
 */
export function findAccount(owner: string): Account {
  const [user = "", group, ...more] = owner.split(":")
  if (more.length > 0) throw noAccount(owner, "it has more than a user and a group")
  const known = isNumber(user) ? { uid: numberOf(user, owner), gid: null } : findUser(user, owner)
  if (group === undefined) return known
  return { uid: known.uid, gid: findGroup(group, owner) }
}

/** All groups that an account is in, by the files that every image has. */
export function accountGroups({ uid, gid }: Account): readonly number[] {
  const row = readRows("/etc/passwd").find(([, , id]) => Number(id) === uid && id !== "")
  const primary = gid ?? Number(row?.[3] ?? Number.NaN)
  const others = readRows("/etc/group").filter(([, , , members = ""]) =>
    members.split(",").some((member) => member !== "" && member === row?.[0]),
  )
  return [primary, ...others.map(([, , id]) => Number(id))].filter(Number.isInteger)
}

/** The name of a user, or the number where it has none. */
export function userName(uid: number): string {
  return readRows("/etc/passwd").find(([, , id]) => id === String(uid))?.[0] ?? String(uid)
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}

function numberOf(text: string, owner: string): number {
  if (Number(text) <= maxId) return Number(text)
  throw noAccount(owner, `${printable(text)} is larger than any user's or group's number`)
}

function findUser(name: string, owner: string): Account {
  const [, , uid, gid] = findRow("/etc/passwd", name, owner)
  return { uid: numberIn(uid, owner), gid: numberIn(gid, owner) }
}

/** A number in a row of one of the files, where it is as good as typed. */
function numberIn(text: string | undefined, owner: string): number {
  if (text !== undefined && isNumber(text)) return numberOf(text, owner)
  throw noAccount(owner, "its row has no number")
}

/**
 * The number of a group, by name or number.
 *
 * @param owner what it is part of, for messages.
 * @throws EnvsealError as {@link findAccount} does.
 */
export function findGroup(name: string, owner = name): number {
  return isNumber(name) ? numberOf(name, owner) : numberIn(findRow("/etc/group", name, owner)[2], owner)
}

function findRow(path: string, name: string, owner: string): string[] {
  const row = readRows(path).find(([first]) => first === name && name !== "")
  if (row !== undefined) return row
  throw noAccount(owner, `"${printable(name)}" is not in ${path}`)
}

function noAccount(owner: string, why: string): EnvsealError {
  return new EnvsealError("USAGE", `--owner ${printable(owner)}: ${why}`, {
    hint: "pass numbers, such as --owner 82:82, or make the user in the image",
  })
}

function readRows(path: string): string[][] {
  try {
    return readTextSync(path)
      .split("\n")
      .map((line) => line.split(":"))
  } catch {
    return []
  }
}
