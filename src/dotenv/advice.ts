import { nameList } from "../core/text.ts"
import type { Entry } from "./entry.ts"
import { laravelCast } from "./laravel.ts"
import { nameWarning } from "./name-warning.ts"
import { isPublicName } from "./public-name.ts"

/** An example file, and what it is called in messages. */
export interface Example {
  readonly path: string
  readonly values: ReadonlyMap<string, string>
  /** Those of its names that the secret must have. */
  readonly wanted: ReadonlySet<string>
}

/** Fewer names say nothing of whether a template was filled in. */
const minTemplateNames = 3

/**
 * What deserves a look in a secret that can be sealed: one line for each kind, with the names. No value is in it.
 *
 * @param example what the names are required by; `null` for nothing.
 */
export function adviceOn(entries: readonly Entry[], example: Example | null): string[] {
  const template = templateAdvice(entries, example)
  if (template !== null) return [template]
  const lines = new Map<string, string[]>()
  for (const entry of entries) {
    for (const line of entryAdvice(entry, example)) lines.set(line, [...(lines.get(line) ?? []), entry.name])
  }
  return [...lines].map(
    ([line, names]) => `${nameList(names, 10)}${names.length > 1 ? ": each" : ""} ${line}`,
  )
}

/** A template that nobody filled in: every value is that of the example. */
function templateAdvice(entries: readonly Entry[], example: Example | null): string | null {
  if (entries.length < minTemplateNames || example === null) return null
  const isUnfilled = entries.every(({ name, value }) => example.values.get(name) === value.reveal())
  return isUnfilled ? `every value is the one in ${example.path}: fill in the secret` : null
}

function entryAdvice({ name, value, kind }: Entry, example: Example | null): string[] {
  const text = value.reveal()
  if (text === "") return example?.wanted.has(name) ? [`is empty, and ${example.path} requires it`] : []
  const ofName = nameWarning(name)
  return [
    ...(ofName === null ? [] : [ofName]),
    ...(isPublicName(name) ? [ofAssets] : []),
    ...(kind === "string" ? textAdvice(text) : []),
  ]
}

const ofAssets =
  "is for the asset build, which takes nothing from a secret: set it under build.variables of envseal.yaml, as what every visitor may read"

function textAdvice(text: string): string[] {
  const cast = laravelCast(text)
  return [
    // A console stores every value as text, and an app that has true, false or null there wants that.
    ...(cast === null || /^(?:true|false|null)$/.test(cast)
      ? []
      : [`is a JSON string that Laravel's env() turns into ${cast}`]),
    ...(looksPasted(text) ? ["starts or ends with a blank or a line break"] : []),
    ...(/\$\{[A-Za-z_][A-Za-z0-9_.]*\}/.test(text)
      ? ["holds ${…}, which stays as it is: write the value that it stands for"]
      : []),
    ...(/-----BEGIN [A-Z0-9 ]+-----\s*\\[nr]/.test(text)
      ? ["holds a key whose line breaks are written \\n: store real line breaks, or the key may not load"]
      : []),
  ]
}

/** Blanks around a value, or a line break after a single line; the one that ends a PEM file belongs there. */
function looksPasted(text: string): boolean {
  return /^\s|[^\S\n]$/.test(text) || /^[^\n]*\n$/.test(text)
}
