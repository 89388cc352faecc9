import type { Conclusion } from "./conclusion.ts"

/** An extension that the image needs, and what says so. */
export interface NeededExtension {
  readonly name: string
  readonly from: string
}

/** What official PHP images have without being asked (`php -m` of 8.2 to 8.5). */
const builtIn: ReadonlySet<string> = new Set([
  ...["core", "ctype", "curl", "date", "dom", "fileinfo", "filter", "hash", "iconv", "json", "libxml"],
  ...["mbstring", "mysqlnd", "openssl", "pcre", "pdo", "pdo_sqlite", "phar", "posix", "random", "readline"],
  ...["reflection", "session", "simplexml", "sodium", "spl", "sqlite3", "standard", "tokenizer", "xml"],
  ...["xmlreader", "xmlwriter", "zlib"],
])

/** Extensions that a driver stands on. One that is missing here needs none, or a built-in one. */
const byDriver: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DB_CONNECTION: {
    ...{ mysql: "pdo_mysql", mariadb: "pdo_mysql", pgsql: "pdo_pgsql", sqlsrv: "pdo_sqlsrv" },
    mongodb: "mongodb",
  },
  ...Object.fromEntries(
    [
      "CACHE_STORE",
      "CACHE_DRIVER",
      "SESSION_DRIVER",
      "QUEUE_CONNECTION",
      "BROADCAST_CONNECTION",
      "BROADCAST_DRIVER",
    ].map((name) => [name, { redis: "redis", memcached: "memcached", apc: "apcu" }]),
  ),
  ...Object.fromEntries(["FILESYSTEM_DISK", "FILESYSTEM_DRIVER"].map((name) => [name, { ftp: "ftp" }])),
}

/** Extensions that a package needs and does not require by name. */
const byPackage: ReadonlyMap<string, readonly string[]> = new Map([
  ["laravel/horizon", ["redis"]],
  ["intervention/image", ["gd"]],
])

/** What of an app says which extensions it needs. */
export interface ExtensionSources {
  readonly required: readonly string[]
  /** Each with the package that requires it. */
  readonly locked: ReadonlyMap<string, string>
  readonly packages: readonly string[]
  /** The names and values of `.env.example`. */
  readonly example: ReadonlyMap<string, string>
  /** Those that Octane's server stands on. */
  readonly server: readonly string[]
}

/** The extensions that an official PHP image lacks for an app, each once, sorted by name. */
export function extensionsFor(sources: ExtensionSources): readonly NeededExtension[] {
  const { required, locked, packages, example, server } = sources
  const usesPredis = example.get("REDIS_CLIENT") === "predis" || packages.includes("predis/predis")
  const all: NeededExtension[] = [
    { name: "opcache", from: "any app" },
    { name: "pcntl", from: "any app: without it, a worker takes no signal" },
    ...required.map((name) => ({ name, from: "composer.json" })),
    ...[...locked].map(([name, by]) => ({ name, from: `${by} in composer.lock` })),
    ...server.map((name) => ({ name, from: "the server of Octane" })),
    ...driverExtensions(example),
    ...databaseExtensions(example),
    ...packages.flatMap((by) => (byPackage.get(by) ?? []).map((name) => ({ name, from: by }))),
  ]
  const wanted = all.filter(
    ({ name, from }) =>
      /^[a-z0-9_]+$/.test(name) &&
      !builtIn.has(name) &&
      !(usesPredis && name === "redis" && !from.includes("composer")),
  )
  const first = new Map(wanted.toReversed().map((one) => [one.name, one]))
  return [...first.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** A file in a container is lost with it, so the database is another one where the app runs. */
function databaseExtensions(example: ReadonlyMap<string, string>): NeededExtension[] {
  if (example.get("DB_CONNECTION") !== "sqlite") return []
  const from =
    "DB_CONNECTION=sqlite in .env.example: a pod has no disk to keep, so the database will be another"
  return ["pdo_mysql", "pdo_pgsql"].map((name) => ({ name, from }))
}

function driverExtensions(example: ReadonlyMap<string, string>): NeededExtension[] {
  return Object.entries(byDriver).flatMap(([variable, drivers]) => {
    const driver = example.get(variable) ?? ""
    const name = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined
    return name === undefined ? [] : [{ name, from: `${variable}=${driver} in .env.example` }]
  })
}

/** What is said of them. */
export function extensionConclusions(extensions: readonly NeededExtension[]): Conclusion[] {
  return extensions.map(({ name, from }) => ({ what: `PHP's extension ${name}`, from }))
}
