import { Secret } from "../../core/secret.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { PlannedFile, Surroundings, SystemUser } from "../../ports/surroundings.ts"
import { apacheFiles, apacheUser } from "../core/apache-user.ts"
import {
  type FpmFile,
  type FpmPools,
  fpmConfigPaths,
  includePlace,
  poolsOf,
  readFpmFile,
} from "../core/fpm-pool.ts"
import { isServiceLink } from "../core/judge-environment.ts"
import type { LaravelFolder, Override, ReadingFacts } from "../core/reading.ts"
import { artisanPath, type StartedApp, startedApp } from "../core/started-app.ts"

/** How a secret is to get to an app. */
export interface Delivery {
  /** The file to write; `null` where the values are given as variables. */
  readonly file: { readonly path: string; readonly mode: number; readonly owner: string | null } | null
  /** The command that is started, its name first; `null` when none is. */
  readonly command: readonly string[] | null
  readonly values: ReadonlyMap<string, Secret>
  /** The variables that the command would have without the values. */
  readonly inherited: Environment
}

const phpSigns = ["artisan", "composer.json", "vendor/autoload.php", "public/index.php", "index.php"]

/** Looks at the place where an app starts. @throws EnvsealError what writing the file would throw. */
export function readingFacts(delivery: Delivery, world: Surroundings): ReadingFacts {
  const { file, command } = delivery
  const planned = file === null ? null : world.plan(file.path, file.mode, file.owner)
  const app = command === null ? null : startedApp(command, (name) => shellScript(name, world))
  const pools = app?.name === "php-fpm" ? fpmPools(app, world) : null
  const seen = seenVariables(delivery, app, pools)
  const folders = foldersOf(file?.path ?? ".", app, seen)
  const laravel = folders.find((folder) => world.isFile(`${folder}/artisan`)) ?? null
  return {
    target: file?.path ?? "",
    planned,
    isOwned: file !== null && file.owner !== null,
    self: world.self(),
    app,
    appUser: app?.user == null ? null : world.user(app.user),
    serverUsers: usersOf(serverUsers(app, pools, seen, world), world),
    pools,
    hasPhp: folders.some((folder) => phpSigns.some((sign) => world.isFile(`${folder}/${sign}`))),
    laravel: laravel === null || planned === null ? null : laravelFolder(laravel, planned, seen, app, world),
    otherFile: planned === null ? null : otherFile(planned, folders, seen, app, world),
    cachedConfig: cachedConfig(folders, seen, world),
    overrides: file === null ? [] : overrides(delivery, seen),
  }
}

/** What of the container's variables the app has, as those that start it leave and change them. */
function seenVariables({ inherited }: Delivery, app: StartedApp | null, pools: FpmPools | null): Environment {
  if (pools?.clearsVariables) return {}
  const seen = { ...(app?.clearedBy == null ? inherited : {}), ...app?.changes }
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value != null)) as Environment
}

/** Where the app may be: where its command line says, in the working directory, beside the file. */
function foldersOf(path: string, app: StartedApp | null, seen: Environment): readonly string[] {
  const artisan = app === null ? null : artisanPath(app)
  const base = seen["APP_BASE_PATH"]
  const named = artisan === null ? [] : [folderOf(artisan)]
  return [...new Set([...(base ? [base] : []), ...named, ".", folderOf(path)])]
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/")
  return at < 0 ? "." : path.slice(0, at) || "/"
}

function shellScript(command: string, world: Surroundings): string | null {
  const file = world.program(command)
  const text = file === null ? null : world.text(file)
  return text !== null && /^#![ \t]*\S*?\/?(?:env[ \t]+)?\S*\b(?:sh|bash|dash|ash|ksh|zsh)\b/.test(text)
    ? text
    : null
}

function fpmPools(app: StartedApp, world: Surroundings): FpmPools | null {
  const config = fpmConfigPaths(app.words).find((path) => world.isFile(path))
  if (config === undefined) return null
  return poolsOf(fpmFiles(config, world))
}

function fpmFiles(config: string, world: Surroundings): readonly FpmFile[] {
  const text = world.text(config)
  if (text === null) return []
  const main = readFpmFile(text)
  const included = main.includes.flatMap((include) => {
    const { folder, pattern } = includePlace(include, config)
    const names = world.names(folder).filter((name) => pattern.test(name))
    return names.map((name) => readFpmFile(world.text(`${folder}/${name}`) ?? ""))
  })
  return [main, ...included]
}

function serverUsers(
  app: StartedApp | null,
  pools: FpmPools | null,
  seen: Environment,
  world: Surroundings,
): readonly string[] {
  if (app?.kind !== "server") return []
  if (app.name === "php-fpm") return pools?.users ?? []
  if (!/^(?:apache|httpd)/.test(app.name)) return []
  const user = apacheUser(
    seen,
    apacheFiles.flatMap((path) => world.text(path) ?? []),
  )
  return user === null ? [] : [user]
}

function usersOf(names: readonly string[], world: Surroundings): readonly SystemUser[] {
  return names.flatMap((name) => world.user(name) ?? [])
}

function laravelFolder(
  folder: string,
  { path }: PlannedFile,
  seen: Environment,
  app: StartedApp | null,
  world: Surroundings,
): LaravelFolder {
  const endings = ["", ...chosenEndings(seen, app)]
  const bootstrap = world.text(`${folder}/bootstrap/app.php`) ?? ""
  return {
    path: world.realPath(folder),
    readsTarget: endings.some((ending) => world.realPath(`${folder}/.env${ending}`) === path),
    choosesFile: /useEnvironmentPath|loadEnvironmentFrom|Dotenv/.test(bootstrap),
  }
}

/** Laravel's LoadEnvironmentVariables: `--env` of artisan first, then `APP_ENV` of the environment. */
function chosenEndings(seen: Environment, app: StartedApp | null): readonly string[] {
  const appEnv = seen["APP_ENV"]
  const option = app?.kind === "artisan" ? envOption(app.words) : null
  return [option, appEnv].flatMap((name) => (name ? [`.${name}`] : []))
}

function envOption(words: readonly string[]): string | null {
  const at = words.indexOf("--env")
  if (at >= 0) return words[at + 1] ?? null
  return words.find((word) => word.startsWith("--env="))?.slice(6) ?? null
}

/** @returns a name that holds no value of a variable. */
function otherFile(
  { path }: PlannedFile,
  folders: readonly string[],
  seen: Environment,
  app: StartedApp | null,
  world: Surroundings,
): string | null {
  for (const ending of chosenEndings(seen, app)) {
    for (const folder of folders) {
      const file = `${folder}/.env${ending}`
      if (!world.isFile(file) || world.realPath(file) === path) continue
      const shown = ending === `.${seen["APP_ENV"]}` ? ".env.$APP_ENV" : `.env${ending}`
      return folder === "." ? shown : `${folder}/${shown}`
    }
  }
  return null
}

/** Laravel's Application::getCachedConfigPath. @returns a name that holds no value of a variable. */
function cachedConfig(folders: readonly string[], seen: Environment, world: Surroundings): string | null {
  const chosen = seen["APP_CONFIG_CACHE"]
  const paths = folders.map((folder) => `${folder}/${chosen ?? "bootstrap/cache/config.php"}`)
  const found = (chosen?.startsWith("/") ? [chosen] : paths).find((path) => world.isFile(path))
  if (found === undefined) return null
  return chosen === undefined ? found.replace(/^\.\//, "") : "the file that APP_CONFIG_CACHE names"
}

function overrides({ values }: Delivery, seen: Environment): readonly Override[] {
  return [...values].flatMap(([name, value]) => {
    const set = seen[name]
    if (set === undefined || value.equals(new Secret(set))) return []
    return [{ name, isServiceLink: isServiceLink(name, set) }]
  })
}
