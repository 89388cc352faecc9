/** Who may do what with a file or a folder, as `stat` tells it. */
export interface FileAccess {
  readonly path: string
  readonly uid: number
  readonly gid: number
  /** Permission bits. */
  readonly mode: number
}

/** A user of this system. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  /** All groups that it is in, the one that its files get first. */
  readonly gids: readonly number[]
}

/** Where a secret is going to be, before it is written. */
export interface PlannedFile {
  /** Links resolved. */
  readonly path: string
  /** As it will be, `path` included. */
  readonly file: FileAccess
  /** Every folder on the way to it, the way of each link included. */
  readonly folders: readonly FileAccess[]
}

/** What an app finds where it starts: only looked at, never changed. What cannot be looked at is not there. */
export interface Surroundings {
  /** Who runs; `null` where the system has no such numbers. */
  self(): SystemUser | null
  /** @param user a name or a number. @returns `null` when there is no such user. */
  user(user: string): SystemUser | null
  /** @param group a name or a number. @returns `null` when there is no such group. */
  group(group: string): number | null
  isFile(path: string): boolean
  /** The path, absolute and with links resolved as far as there is something. */
  realPath(path: string): string
  /** The text of a small file, such as a script; `null` for any other. */
  text(path: string): string | null
  /** The file that a command names, searched for as it is started; `null` when there is none. */
  program(command: string): string | null
  /** Names in a folder, sorted. */
  names(folder: string): readonly string[]
}
