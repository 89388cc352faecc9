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
import type { Override, ReadingFacts } from "../core/reading.ts"
import type { Script } from "../core/script-start.ts"
import { type StartedApp, startedApp } from "../core/started-app.ts"
import { type UserChange, userAfter } from "../core/user-change.ts"
import { appFolders, cachedConfig, laravelFolder, otherFile } from "./laravel-facts.ts"

/** A file that is to be written. */
export interface FileToWrite {
  /** As it was named. */
  readonly path: string
  readonly planned: PlannedFile
  /** Whether it is to get an owner of its own. */
  readonly isOwned: boolean
}

/** How a secret is to get to an app. */
export interface Delivery {
  /** The file to write; `null` where the values are given as variables. */
  readonly file: FileToWrite | null
  /** The command that is started, its name first; `null` when none is. */
  readonly command: readonly string[] | null
  readonly values: ReadonlyMap<string, Secret>
  /** The variables that the command would have without the values. */
  readonly inherited: Environment
}

const phpSigns = ["artisan", "composer.json", "vendor/autoload.php", "public/index.php", "index.php"]

/** Looks at the place where an app starts. */
export function readingFacts(delivery: Delivery, world: Surroundings): ReadingFacts {
  const { file, command, values } = delivery
  const app = command === null ? null : startedApp(command, (name) => scriptOf(name, world))
  const pools = app?.name === "php-fpm" ? fpmPools(app, world) : null
  const seen = seenVariables(delivery, app, pools)
  const folders = appFolders(file?.path ?? ".", app, seen, world)
  const view = { app, seen, folders }
  const target = file === null ? null : { path: file.path, realPath: file.planned.path }
  const laravel = target === null ? null : laravelFolder(view, target, world)
  const self = world.self()
  return {
    target: file?.path ?? "",
    planned: file?.planned ?? null,
    isOwned: file?.isOwned === true,
    self,
    app,
    appUser: app === null ? null : appUser(app, self, world),
    serverUsers: serverUsers(app, pools, seen, world),
    withheld: withheldNames(values, pools),
    get hasPhp() {
      return folders.some(({ path }) => phpSigns.some((sign) => world.isFile(`${path}/${sign}`)))
    },
    laravel,
    otherFile: target === null ? null : otherFile(view, target, laravel?.choosesFile === true, world),
    cachedConfig: cachedConfig(view, world),
    overrides: file === null ? [] : overrides(delivery, seen),
  }
}

/** What of the container's variables the app has, as those that start it leave and change them. */
function seenVariables({ inherited }: Delivery, app: StartedApp | null, pools: FpmPools | null): Environment {
  // As nearly always: who starts the app changes nothing.
  const isUnchanged = app === null || (app.clearing === null && Object.keys(app.changes).length === 0)
  if (isUnchanged && pools === null) return inherited
  const kept = { ...(app?.clearing == null ? inherited : {}), ...app?.changes }
  const given = [...(pools?.given ?? [])].map(([name, text]): [string, string | null | undefined] => [
    name,
    text.startsWith("$") ? kept[text.slice(1)] : text,
  ])
  const seen = { ...(pools?.clearsVariables ? {} : kept), ...Object.fromEntries(given) }
  return Object.fromEntries(Object.entries(seen).filter(([, value]) => value != null)) as Environment
}

/** The names of values that php-fpm's pools would not hand on as variables. */
function withheldNames(values: ReadonlyMap<string, Secret>, pools: FpmPools | null): readonly string[] {
  if (!pools?.clearsVariables) return []
  return [...values.keys()].filter((name) => pools.given.get(name) !== `$${name}`)
}

/** Who the app is started as; `null` when that is not known, or nobody else than who started `open`. */
function appUser(
  { userChanges }: StartedApp,
  self: SystemUser | null,
  world: Surroundings,
): SystemUser | null {
  if (userChanges.length === 0) return null
  const [first, ...more] = userChanges
  const start = first === undefined ? self : userAfter(self, first, world)
  return more.reduce((who, change) => (who === null ? null : userAfter(who, change, world)), start)
}

function scriptOf(command: string, world: Surroundings): Script | null {
  const path = world.program(command) ?? (world.isFile(command) ? command : null)
  const text = path === null ? null : world.text(path)
  return path === null || text === null || text.includes("\0") ? null : { path, text }
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
): readonly SystemUser[] {
  const users = serverChanges(app, pools, seen, world).map((change) => userAfter(null, change, world))
  return users.filter((user) => user !== null)
}

function serverChanges(
  app: StartedApp | null,
  pools: FpmPools | null,
  seen: Environment,
  world: Surroundings,
): readonly UserChange[] {
  if (app?.kind !== "server") return []
  if (app.name === "php-fpm") return pools?.users ?? []
  if (!/^(?:apache|httpd)/.test(app.name)) return []
  const user = apacheUser(
    seen,
    apacheFiles.flatMap((path) => world.text(path) ?? []),
  )
  return user === null ? [] : [user]
}

function overrides({ values }: Delivery, seen: Environment): readonly Override[] {
  const found: Override[] = []
  for (const [name, value] of values) {
    const set = seen[name]
    if (set === undefined || value.equals(new Secret(set))) continue
    found.push({ name, isServiceLink: isServiceLink(name, set) })
  }
  return found
}
