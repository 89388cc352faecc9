import type { SystemUser } from "../../ports/surroundings.ts"

/** Where groups come from: what the user and group files say of the user, what they were before, or these. */
export type GroupSource = "user" | "before" | readonly string[]

/** The same, where also the group that the user file names can be one of the others: it is, with `all`. */
export type FurtherGroups = GroupSource | "all"

/** As whom a program starts another one. Users and groups are names or numbers. */
export interface UserChange {
  /** `null` where that stays. */
  readonly user: string | null
  /** The group that files of its own get: one. */
  readonly primary: GroupSource
  readonly others: FurtherGroups
}

/** Users and groups of a system; each `null` when there is none of that name. */
export interface Accounts {
  user(name: string): SystemUser | null
  group(name: string): number | null
}

/** A user with all groups that the files name. */
export function wholeUser(user: string): UserChange {
  return { user, primary: "user", others: "user" }
}

/** A user with another group than the files name for it, as servers do it. */
export function userInGroup(user: string, group: string | null): UserChange {
  return { user, primary: group === null ? "user" : [group], others: "user" }
}

/**
 * Who somebody is after a change.
 *
 * @param before `null` when that is not known.
 * @returns `null` when the user or a group is not known.
 */
export function userAfter(
  before: SystemUser | null,
  { user, primary, others }: UserChange,
  accounts: Accounts,
): SystemUser | null {
  const account = user === null ? before : accounts.user(user)
  if (account === null) return null
  const [own = before?.gids[0], ...owns] = account.gids
  const [had, ...hads] = before?.gids ?? []
  const gids = [
    ...groupsFrom(primary, [own], [had], accounts),
    ...(others === "all" ? account.gids : groupsFrom(others, owns, hads, accounts)),
  ]
  return gids.includes(null) ? null : { ...account, gids: gids.filter((gid) => gid != null) }
}

function groupsFrom(
  source: GroupSource,
  own: readonly (number | undefined)[],
  before: readonly (number | undefined)[],
  accounts: Accounts,
): readonly (number | null | undefined)[] {
  if (source === "user") return own
  return source === "before" ? before : source.map((name) => accounts.group(name))
}
