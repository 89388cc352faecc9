import { isJsonObject, type JsonObject, jsonObject, objectIn, textIn } from "../../core/json-object.ts"

/** What is known of a PHP app by its `composer.json`. */
export interface ComposerFacts {
  /** Such as `acme/shop`; `null` when it has no name. */
  readonly name: string | null
  /** What it requires of Laravel, such as `^12.0`; `null` when it is no Laravel app. */
  readonly laravel: string | null
  /** What it requires of PHP, such as `^8.2`. */
  readonly php: string | null
  /** What at the top of the repository has code that is loaded: files and folders, each once. */
  readonly loaded: readonly string[]
  /** Where it takes packages from that is not below the top of the repository, such as `../shared`. */
  readonly outside: readonly string[]
  /** Extensions of PHP that it requires, such as `gd`. */
  readonly extensions: readonly string[]
  /** Packages that it requires, such as `laravel/horizon`. */
  readonly packages: readonly string[]
}

/** What `composer.lock` says of all packages that are installed without `--dev`. */
export interface LockedPackages {
  readonly names: readonly string[]
  /** Each extension with the first package that requires it. */
  readonly extensions: ReadonlyMap<string, string>
  /** What each requires of PHP. */
  readonly php: readonly string[]
}

/** @returns `null` for what is no composer.json. */
export function readComposer(text: string): ComposerFacts | null {
  const root = jsonObject(text)
  if (root === null) return null
  const required = objectIn(root, "require")
  const platform = objectIn(objectIn(root, "config"), "platform")
  const folders = pathRepositories(root)
  const steps = [...pathsIn(root["autoload"]), ...folders].map(topOf)
  return {
    name: textIn(root, "name"),
    laravel: textIn(required, "laravel/framework"),
    // What dependencies were chosen for.
    php: textIn(platform, "php") ?? textIn(required, "php"),
    loaded: [...new Set(steps)].filter((step) => /^[A-Za-z0-9][\w.-]*$/.test(step)),
    outside: folders.filter((path) => /^(?:\/|~|(?:\.\/)*\.\.(?:\/|$))/.test(path)),
    extensions: extensionsIn(required),
    packages: packagesIn(required),
  }
}

/** @returns `null` for what is no composer.lock. */
export function readComposerLock(text: string): LockedPackages | null {
  const root = jsonObject(text)
  const packages = root?.["packages"]
  if (root === null || !Array.isArray(packages)) return null
  const own = { ...objectIn(root, "platform") }
  const all = packages.filter(isJsonObject)
  const extensions = new Map<string, string>()
  for (const one of all) {
    const name = textIn(one, "name") ?? ""
    for (const extension of extensionsIn(objectIn(one, "require")))
      if (!extensions.has(extension)) extensions.set(extension, name)
  }
  for (const extension of extensionsIn(own)) extensions.set(extension, "composer.json")
  const php = [own, ...all.map((one) => objectIn(one, "require"))].map((required) => textIn(required, "php"))
  return {
    names: all.flatMap((one) => textIn(one, "name") ?? []),
    extensions,
    php: [...new Set(php.filter((one) => one !== null))],
  }
}

/** Every path of an `autoload` (Composer, "The composer.json schema"). */
function pathsIn(autoload: unknown): string[] {
  const { "psr-4": psr4, "psr-0": psr0, classmap, files } = isJsonObject(autoload) ? autoload : {}
  return [psr4, psr0, classmap, files].flatMap((one) => textsIn(one))
}

/** Folders of packages that are in the repository itself (Composer, "Repositories", path). */
function pathRepositories(root: JsonObject): string[] {
  const { repositories } = root
  const all = Array.isArray(repositories)
    ? repositories
    : isJsonObject(repositories)
      ? Object.values(repositories)
      : []
  return all.filter(isJsonObject).flatMap((one) => (one["type"] === "path" ? (textIn(one, "url") ?? []) : []))
}

/** The first step of a path. */
function topOf(path: string): string {
  return path.replace(/^(?:\.?\/)+/, "").split("/")[0] ?? ""
}

function extensionsIn(required: JsonObject): string[] {
  const names = Object.keys(required).flatMap((name) => /^ext-([\w-]+)$/i.exec(name)?.[1] ?? [])
  return names.map((name) => name.toLowerCase().replace(/^zend-/, ""))
}

function packagesIn(required: JsonObject): string[] {
  return Object.keys(required).filter((name) => name.includes("/"))
}

/** A list of paths can be in a mapping of namespaces, and nothing in either. */
const deepestPaths = 2

/** Every text in lists and mappings. */
function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null || depth === deepestPaths) return []
  return Object.values(value).flatMap((one) => textsIn(one, depth + 1))
}
