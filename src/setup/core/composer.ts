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
}

/** @returns `null` for what is no composer.json. */
export function readComposer(text: string): ComposerFacts | null {
  const root = parsed(text)
  if (!isObject(root)) return null
  const required = isObject(root["require"]) ? root["require"] : {}
  const config = isObject(root["config"]) ? root["config"] : {}
  const platform = isObject(config["platform"]) ? config["platform"] : {}
  return {
    name: textOf(root["name"]),
    laravel: textOf(required["laravel/framework"]),
    // What dependencies were chosen for.
    php: textOf(platform["php"]) ?? textOf(required["php"]),
    loaded: loadedBy(root["autoload"]),
  }
}

/** The first step of every path of an `autoload` (Composer, "The composer.json schema"). */
function loadedBy(autoload: unknown): string[] {
  const { "psr-4": psr4, "psr-0": psr0, classmap, files } = isObject(autoload) ? autoload : {}
  const steps = [psr4, psr0, classmap, files]
    .flatMap(textsIn)
    .map((path) => path.replace(/^(?:\.?\/)+/, "").split("/")[0] ?? "")
  return [...new Set(steps)].filter((step) => /^[A-Za-z0-9][\w.-]*$/.test(step))
}

/** Every text in lists and mappings. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null
}
