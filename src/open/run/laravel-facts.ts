import type { Environment } from "../../ports/runtime.ts"
import type { Surroundings } from "../../ports/surroundings.ts"
import { artisanPath } from "../core/artisan.ts"
import type { LaravelFolder } from "../core/reading.ts"
import type { StartedApp } from "../core/started-app.ts"

/** A folder that the app may be in. */
export interface AppFolder {
  readonly path: string
  /** For messages: where only a variable names it, that variable. */
  readonly shown: string
}

/** The file to write, as it was named and where it will be. */
export interface NamedTarget {
  readonly path: string
  readonly realPath: string
}

/** What a Laravel app would see when it starts. */
export interface LaravelView {
  readonly app: StartedApp | null
  /** Its variables. */
  readonly seen: Environment
  readonly folders: readonly AppFolder[]
}

/** Where the app may be: where `APP_BASE_PATH` or its command line says, in the working directory, beside the file. */
export function appFolders(
  path: string,
  app: StartedApp | null,
  seen: Environment,
  world: Surroundings,
): readonly AppFolder[] {
  const artisan = app?.kind === "artisan" ? artisanPath(app.words) : null
  const named = [...new Set([...(artisan === null ? [] : [folderOf(artisan)]), ".", folderOf(path)])]
  const folders = named.map((folder) => ({ path: folder, shown: folder }))
  const base = seen["APP_BASE_PATH"]
  if (!base) return folders
  const same = folders.find((folder) => world.realPath(folder.path) === world.realPath(base))
  const first = same ?? { path: base, shown: "$APP_BASE_PATH" }
  return [first, ...folders.filter((folder) => folder !== same)]
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/")
  return at < 0 ? "." : path.slice(0, at) || "/"
}

/** @returns `null` when no Laravel app is there. */
export function laravelFolder(
  { app, seen, folders }: LaravelView,
  { realPath }: NamedTarget,
  world: Surroundings,
): LaravelFolder | null {
  const folder = folders.find(({ path }) => world.isFile(`${path}/artisan`))
  if (folder === undefined) return null
  const { path, shown } = folder
  const endings = ["", ...chosenEndings(seen, app).map((one) => one.ending)]
  const bootstrap = world.text(`${path}/bootstrap/app.php`) ?? ""
  return {
    path: path === shown ? world.realPath(path) : shown,
    readsTarget: endings.some((ending) => world.realPath(`${path}/.env${ending}`) === realPath),
    // Lumen's names LoadEnvironmentVariables, which reads no .env.$APP_ENV.
    choosesFile: /useEnvironmentPath|loadEnvironmentFrom|LoadEnvironmentVariables|Dotenv/.test(bootstrap),
  }
}

interface Ending {
  readonly ending: string
  /** For messages. */
  readonly shown: string
}

/** Laravel's LoadEnvironmentVariables: `--env` of artisan first, then `APP_ENV` of the environment. */
function chosenEndings(seen: Environment, app: StartedApp | null): readonly Ending[] {
  const appEnv = seen["APP_ENV"]
  const option = app?.kind === "artisan" ? envOption(app.words) : null
  const chosen = appEnv ? [{ ending: `.${appEnv}`, shown: ".$APP_ENV" }] : []
  if (!option || option === appEnv) return chosen
  return [{ ending: `.${option}`, shown: /^[\w.-]+$/.test(option) ? `.${option}` : ".* of --env" }, ...chosen]
}

function envOption(words: readonly string[]): string | null {
  const at = words.indexOf("--env")
  if (at >= 0) return words[at + 1] ?? null
  return words.find((word) => word.startsWith("--env="))?.slice(6) ?? null
}

/**
 * The file that Laravel reads in place of the target. Of an app that chooses its own file, only the one beside that is
 * looked for.
 *
 * @returns a name that holds no value of a variable; `null` when there is none.
 */
export function otherFile(
  { app, seen, folders }: LaravelView,
  target: NamedTarget,
  choosesFile: boolean,
  world: Surroundings,
): string | null {
  const places = choosesFile
    ? [{ path: target.path, shown: target.path }]
    : folders.map(({ path, shown }) => ({
        path: `${path}/.env`,
        shown: shown === "." ? ".env" : `${shown}/.env`,
      }))
  for (const { ending, shown } of chosenEndings(seen, app)) {
    for (const place of places) {
      const file = `${place.path}${ending}`
      if (world.isFile(file) && world.realPath(file) !== target.realPath) return `${place.shown}${shown}`
    }
  }
  return null
}

/**
 * Laravel's Application::getCachedConfigPath.
 *
 * @returns a name that holds no value of a variable; `null` when there is no such file.
 */
export function cachedConfig({ seen, folders }: LaravelView, world: Surroundings): string | null {
  const chosen = seen["APP_CONFIG_CACHE"]
  if (chosen !== undefined) {
    const paths = chosen.startsWith("/") ? [chosen] : folders.map(({ path }) => `${path}/${chosen}`)
    return paths.some((path) => world.isFile(path)) ? "the file that APP_CONFIG_CACHE names" : null
  }
  const file = "bootstrap/cache/config.php"
  const found = folders.find(({ path }) => world.isFile(`${path}/${file}`))
  if (found === undefined) return null
  return found.shown === "." ? file : `${found.shown}/${file}`
}
