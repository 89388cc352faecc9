import { EnvsealError } from "../core/error.ts"
import { encodeUtf8, printable } from "../core/text.ts"
import type { SourceRecord } from "../envelope/claims.ts"
import type { Ports } from "./ports.ts"

/** Where a secret's JSON is to be read. */
export type Source =
  | { readonly type: "env"; readonly name: string }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "stdin" }
  /** JSON that the caller of the library has at hand; no text names it. */
  | { readonly type: "inline"; readonly bytes: Uint8Array }

/** Sixteen secrets of Secrets Manager's largest size. */
export const maxSourceBytes = 1_048_576

const sourceHint = "a source is env:NAME, file:PATH, or - for standard input"

/** @returns `null` for text that has none of the forms of a source. */
export function sourceOf(text: string): Source | null {
  if (text === "-") return { type: "stdin" }
  const [, type, rest] = /^(env|file):(.+)$/s.exec(text) ?? []
  if (type === "env" && rest !== undefined) return { type, name: rest }
  if (type === "file" && rest !== undefined) return { type, path: rest }
  return null
}

/** @throws EnvsealError `USAGE`, and never shows text that looks like the secret itself. */
export function parseSource(text: string, flag: string): Source {
  const source = sourceOf(text)
  if (source !== null) return source
  const shown = /[{}"\s]/.test(text) ? "this is" : `"${printable(text, 40)}" is`
  throw new EnvsealError("USAGE", `${flag}: ${shown} not a source`, { hint: sourceHint })
}

/** What a source is called in messages. */
export function sourceName(source: Source): string {
  if (source.type === "env") return `env:${printable(source.name)}`
  if (source.type === "file") return `file:${printable(source.path)}`
  return source.type === "stdin" ? "standard input" : "the secret"
}

/** What the provenance says of a source: its kind and, for a variable, its name. */
export function sourceRecord(source: Source): SourceRecord {
  return source.type === "env" ? { type: "env", name: source.name } : { type: source.type }
}

/** @throws EnvsealError `SOURCE_MISSING`, `INPUT_UNREADABLE` or `INPUT_TOO_LARGE`. */
export async function readSource(source: Source, ports: Ports): Promise<Uint8Array> {
  switch (source.type) {
    case "stdin":
      return ports.files.readStdin(maxSourceBytes)
    case "file":
      return ports.files.read(source.path, maxSourceBytes)
    case "inline":
      return source.bytes
    case "env":
      return encodeUtf8(readVariable(source.name, ports))
  }
}

/** @throws EnvsealError `SOURCE_MISSING` when the variable is not set. */
export function readVariable(name: string, ports: Ports): string {
  const value = ports.environment[name]
  if (value !== undefined) return value
  throw new EnvsealError("SOURCE_MISSING", `the environment variable ${printable(name)} is not set`, {
    hint: `set it, in a buildspec under env: variables or secrets-manager: ${printable(name)}: …`,
  })
}
