import type { Conclusion } from "./conclusion.ts"

/** A server that Octane runs an app on. Open Swoole is Swoole to it, with another extension. */
export type OctaneServer = "frankenphp" | "roadrunner" | "swoole"

const servers: readonly OctaneServer[] = ["frankenphp", "roadrunner", "swoole"]

/** What of an app says how Octane is run. */
export interface OctaneSources {
  readonly packages: readonly string[]
  /** Extensions of PHP that the app and its packages require. */
  readonly extensions: readonly string[]
  /** Names and values of `.env.example`. */
  readonly example: ReadonlyMap<string, string>
  /** Text of `config/octane.php`; `null` for none. */
  readonly configuration: string | null
  /** Text of `.gitignore`; `null` for none. */
  readonly gitignore: string | null
}

/** How Octane is run. */
export interface OctaneUse {
  /** `null` when it is not there, or nothing says on which server it runs. */
  readonly server: OctaneServer | null
  /** Extensions of PHP that the server stands on. */
  readonly extensions: readonly string[]
  readonly conclusions: readonly Conclusion[]
}

const octane = "laravel/octane"
/** Without it, `octane:roadrunner` says that it is not installed, and ends. */
const roadRunnerPackage = "spiral/roadrunner-http"

/** Which server an app with Octane runs on, and what says so. */
export function octaneUse(sources: OctaneSources): OctaneUse {
  if (!sources.packages.includes(octane)) return { server: null, extensions: [], conclusions: [] }
  const found = serverFor(sources)
  if (found === null)
    return without("nothing says which server Octane runs on: OCTANE_SERVER in .env.example")
  if (found.server === "roadrunner" && !sources.packages.includes(roadRunnerPackage))
    return without(`Octane starts RoadRunner only with ${roadRunnerPackage} in composer.json`)
  const { server, from } = found
  const what = `Octane with ${titles[server]} for requests`
  return { server, extensions: extensionsOf(server, sources), conclusions: [{ what, from }] }
}

const titles: Readonly<Record<OctaneServer, string>> = {
  frankenphp: "FrankenPHP, whose image is had from Docker Hub (--base-image names a copy of it),",
  roadrunner: "RoadRunner",
  swoole: "Swoole",
}

function without(from: string): OctaneUse {
  return { server: null, extensions: [], conclusions: [{ what: "php-fpm for requests", from }] }
}

/** By what is said, then by what only one of them needs. */
function serverFor(sources: OctaneSources): { readonly server: OctaneServer; readonly from: string } | null {
  const { packages, example, configuration, gitignore } = sources
  const named = serverCalled(example.get("OCTANE_SERVER"))
  if (named !== null) return { server: named, from: `OCTANE_SERVER=${named} in .env.example` }
  const set = serverCalled(serverSetting.exec(configuration ?? "")?.[1])
  // RoadRunner stands in every config/octane.php as it comes.
  if (set !== null && (set !== "roadrunner" || packages.includes(roadRunnerPackage)))
    return { server: set, from: "server in config/octane.php" }
  if (packages.includes(roadRunnerPackage)) return { server: "roadrunner", from: roadRunnerPackage }
  if (needsSwoole(sources))
    return { server: "swoole", from: "the extension in composer.json or composer.lock" }
  // As octane:install leaves it there.
  if (/^\/?(?:public\/)?frankenphp-worker\.php\s*$/m.test(gitignore ?? ""))
    return { server: "frankenphp", from: "frankenphp-worker.php in .gitignore" }
  return null
}

const serverSetting = /['"]server['"]\s*=>\s*(?:env\(\s*['"]OCTANE_SERVER['"]\s*,\s*)?['"](\w+)['"]/

function serverCalled(name = ""): OctaneServer | null {
  return servers.find((one) => one === name) ?? null
}

function needsSwoole({ packages, extensions }: OctaneSources): boolean {
  return packages.includes("openswoole/core") || extensions.some((name) => /^(?:open)?swoole$/.test(name))
}

function extensionsOf(server: OctaneServer, { packages, extensions }: OctaneSources): readonly string[] {
  if (server === "roadrunner") return ["sockets"]
  if (server === "frankenphp") return []
  const isOpen = packages.includes("openswoole/core") || extensions.includes("openswoole")
  return [isOpen ? "openswoole" : "swoole"]
}

/** The server that the image of a Dockerfile starts, as {@link commandOf} writes it; `null` for none. */
export function serverStarted(dockerfile: string): OctaneServer | null {
  return serverCalled(/octane:start --server=(\w+)/.exec(dockerfile)?.[1])
}

/** The port that Octane listens at, inside of its pod. */
export const octanePort = 8000

/**
 * The command that an image of Octane starts: process 1 is Octane itself. By itself, it would take a worker for each
 * processor of the node, whatever the container's memory.
 */
export function commandOf(server: OctaneServer): string {
  const own = { frankenphp: "", roadrunner: " --rr-config=.rr.yaml", swoole: " --task-workers=1" }[server]
  const start = `exec php artisan octane:start --server=${server} --host=127.0.0.1 --port=${octanePort} --workers=$APP_WORKERS${own}`
  return `CMD ["sh", "-c", "${start}"]\n`
}
