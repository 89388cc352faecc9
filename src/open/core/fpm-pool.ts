import { type UserChange, userInGroup } from "./user-change.ts"

/** What php-fpm's configuration says of the processes that run the app. */
export interface FpmPools {
  /** As whom they run, each once. */
  readonly users: readonly UserChange[]
  /** Whether no pool hands the variables of php-fpm on to the app, which is the default. */
  readonly clearsVariables: boolean
  /** The variables that every pool sets by `env[NAME]`, as they stand there: a text, or `$NAME` of another. */
  readonly given: ReadonlyMap<string, string>
}

/** A file of php-fpm's configuration: the settings of each pool, and what else it takes in. */
export interface FpmFile {
  readonly pools: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** As they stand there; `*` may be in the name of the file. */
  readonly includes: readonly string[]
}

/** Reads a file as php-fpm does: sections, `name = value`, and comments from `;` on. */
export function readFpmFile(text: string): FpmFile {
  const pools = new Map<string, Map<string, string>>()
  const includes: string[] = []
  let pool: Map<string, string> | null = null
  for (const line of text.split("\n")) {
    const [, section] = /^\s*\[([^\]]+)\]/.exec(line) ?? []
    const [, name, value = ""] = /^\s*([\w.[\]-]+)\s*=\s*"?([^";]*?)"?\s*(?:;.*)?$/.exec(line) ?? []
    if (section !== undefined) {
      pool = section === "global" ? null : (pools.get(section) ?? new Map())
      if (pool !== null) pools.set(section, pool)
    } else if (name === "include") includes.push(value)
    else if (name !== undefined) pool?.set(name, value)
  }
  return { pools, includes }
}

/**
 * The pools of all files together: a later file changes what an earlier one says.
 *
 * @returns `null` when there is no pool.
 */
export function poolsOf(files: readonly FpmFile[]): FpmPools | null {
  const merged = new Map<string, Map<string, string>>()
  for (const { pools } of files) {
    for (const [name, settings] of pools) {
      merged.set(name, new Map([...(merged.get(name) ?? []), ...settings]))
    }
  }
  const all = [...merged.values()]
  if (all.length === 0) return null
  return {
    users: usersOf(all),
    clearsVariables: all.every((settings) => !/^(?:no|off|false|0)$/i.test(settings.get("clear_env") ?? "")),
    given: givenByAll(all),
  }
}

function usersOf(pools: readonly ReadonlyMap<string, string>[]): UserChange[] {
  const named = pools.flatMap((settings) => {
    const [user, group] = [settings.get("user"), settings.get("group")]
    return user ? [{ user, group: group || null }] : []
  })
  // A variable stands for a user that nobody here knows.
  if (named.some(({ user, group }) => /\$/.test(`${user}${group}`))) return []
  const different = new Map(named.map(({ user, group }) => [`${user}:${group}`, userInGroup(user, group)]))
  return [...different.values()]
}

function givenByAll(pools: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const [first = new Map<string, string>(), ...others] = pools
  return new Map(
    [...first].flatMap(([setting, value]) => {
      const [, name] = /^env\[(\w+)\]$/.exec(setting) ?? []
      return name !== undefined && others.every((pool) => pool.has(setting)) ? [[name, value]] : []
    }),
  )
}

/**
 * Where php-fpm's configuration may be: where its options say, else where the packages put it.
 *
 * @param words the command as it is called, such as `php-fpm8.4 -F`.
 * @returns paths to try in order.
 */
export function fpmConfigPaths([command = "", ...args]: readonly string[]): readonly string[] {
  const at = args.findIndex((arg) => arg === "-y" || arg === "--fpm-config")
  const joined = args.find((arg) => /^(?:-y.|--fpm-config=)/.test(arg))
  if (at >= 0) return args.slice(at + 1, at + 2)
  if (joined !== undefined) return [joined.replace(/^(?:-y|--fpm-config=)/, "")]
  const [, version = ""] = /php-fpm-?([\d.]+)$/.exec(command) ?? []
  const versioned =
    version === "" ? [] : [`/etc/php/${version}/fpm/php-fpm.conf`, `/etc/php${version}/php-fpm.conf`]
  return [...versioned, "/usr/local/etc/php-fpm.conf", "/etc/php-fpm.conf"]
}

/** Whether the app may be run by root itself, as options of php-fpm allow. */
export function allowsRoot(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--allow-to-run-as-root" || /^-[a-zA-Z]*R/.test(arg))
}

/** An include as a folder and the pattern of a name; relative ones are below the prefix of `/PREFIX/etc/php-fpm.conf`. */
export function includePlace(
  include: string,
  config: string,
): { readonly folder: string; readonly pattern: RegExp } {
  const prefix = config.replace(/\/etc\/.*$|\/[^/]*$/, "")
  const path = include.startsWith("/") ? include : `${prefix}/${include.replace(/^NONE\//, "")}`
  const at = path.lastIndexOf("/")
  const name = path
    .slice(at + 1)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
  return { folder: path.slice(0, at), pattern: new RegExp(`^${name}$`) }
}
