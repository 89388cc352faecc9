import type { ProblemCode } from "../../core/error.ts"
import type { FileAccess, PlannedFile, SystemUser } from "../../ports/surroundings.ts"
import type { StartedApp } from "./started-app.ts"

/** Why an app would not read what is opened for it. Safe to print: no field holds the value of a variable. */
export interface ReadingProblem {
  /** `refused` where it can only be a mistake. */
  readonly verdict: "refused" | "warned"
  readonly code: ProblemCode
  /** What it is about: a path, or names of variables. */
  readonly name: string
  /** What is wrong, lower case and without the name. */
  readonly reason: string
  /** What mends it. */
  readonly remedy: string
}

/** A variable that both the environment and what is opened have, with another value. */
export interface Override {
  readonly name: string
  /** Whether the environment's is the address that container platforms set for a service of that name. */
  readonly isServiceLink: boolean
}

/** A folder that a Laravel app is in, and what it would read there. */
export interface LaravelFolder {
  /** For messages: where only a variable names it, that variable. */
  readonly path: string
  /** Whether its `.env`, or the one that `APP_ENV` chooses, is the file that is written. */
  readonly readsTarget: boolean
  /** Whether it may look for its `.env` elsewhere: `bootstrap/app.php` says so. */
  readonly choosesFile: boolean
}

/** All that is known before anything is written. */
export interface ReadingFacts {
  /** As it was given, for messages. */
  readonly target: string
  /** `null` where the values are given as variables. */
  readonly planned: PlannedFile | null
  /** Whether `--owner` says whose the file is. */
  readonly isOwned: boolean
  readonly self: SystemUser | null
  /** `null` where no command is started: somebody else reads the file. */
  readonly app: StartedApp | null
  /** Who the app is after {@link StartedApp.userChanges}; `null` when there are none, or it is not known. */
  readonly appUser: SystemUser | null
  /** The users that a server gives the app, as far as they are known. */
  readonly serverUsers: readonly SystemUser[]
  /** The names of values that php-fpm's pools would not hand on as variables. */
  readonly withheld: readonly string[]
  /** Whether there is anything of PHP in the working directory or beside the target. Looked for when it is asked for. */
  readonly hasPhp: boolean
  readonly laravel: LaravelFolder | null
  /** The file that Laravel reads in place of the target, as a name without a value; `null` when there is none. */
  readonly otherFile: string | null
  /** Laravel's cached configuration, as a name without a value; `null` when there is none. */
  readonly cachedConfig: string | null
  readonly overrides: readonly Override[]
}

/** Whether the command is one of PHP, which reads a `.env` as Laravel does, and nothing can happen before it does. */
export function isKnownReader({ app }: ReadingFacts): boolean {
  return app?.isDirect === true && (isPhpServer(app) || app.kind === "artisan")
}

/** php-fpm or Apache, which never run the app as root. nginx and the like hand requests on, and read nothing. */
export function isPhpServer({ kind, name }: StartedApp): boolean {
  return kind === "server" && /^(?:php-fpm|apache|httpd)/.test(name)
}

export function canRead(user: SystemUser, file: FileAccess): boolean {
  return user.uid === 0 || allows(file, user, 4)
}

export function canEnter(user: SystemUser, folder: FileAccess): boolean {
  return user.uid === 0 || allows(folder, user, 1)
}

/** @param bit 4 to read, 1 to enter. */
function allows({ uid: owner, gid, mode }: FileAccess, { uid, gids }: SystemUser, bit: 1 | 4): boolean {
  if (uid === owner) return (mode & (bit << 6)) !== 0
  return (mode & (gids.includes(gid) ? bit << 3 : bit)) !== 0
}
