import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { SourceRecord } from "../../envelope/claims.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { SecretReference } from "../../ports/secrets.ts"

/** Where a secret's JSON is to be read. */
export type Source =
  | { readonly type: "env"; readonly name: string }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "stdin" }
  | { readonly type: "aws-sm"; readonly reference: SecretReference; readonly text: string }
  /** JSON that the caller of the library has at hand; no text names it. */
  | { readonly type: "inline"; readonly bytes: Uint8Array }

/** Sixteen secrets of Secrets Manager's largest size. */
export const maxSourceBytes = 1_048_576

const sourceHint = "a source is aws-sm:NAME or its ARN, env:NAME, file:PATH, or - for standard input"

/** The id of a version is the idempotency token of the call that wrote it, which every tool makes a UUID. */
const versionIdGrammar = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Secret names and ARNs have no `#` (Secrets Manager API reference, "CreateSecret"). */
const secretGrammar = /^([A-Za-z0-9/_+=.@:-]{1,2048})(?:#([A-Za-z0-9/_+=.@-]{1,256}))?$/

/** @returns `null` for text that has none of the forms of a source. */
export function sourceOf(text: string): Source | null {
  if (text === "-") return { type: "stdin" }
  const [, type, rest] = /^(env|file):(.+)$/s.exec(text) ?? []
  if (type === "env" && rest !== undefined) return { type, name: rest }
  if (type === "file" && rest !== undefined) return { type, path: rest }
  return secretOf(text)
}

/** `aws-sm:ID`, with `#STAGE` or `#VERSION-ID` after it. */
function secretOf(text: string): Source | null {
  const [, id, version] = text.startsWith("aws-sm:") ? (secretGrammar.exec(text.slice(7)) ?? []) : []
  if (id === undefined) return null
  return { type: "aws-sm", text, reference: { id, version: versionOf(version) } }
}

function versionOf(text: string | undefined): SecretReference["version"] {
  if (text === undefined) return null
  return versionIdGrammar.test(text) ? { versionId: text } : { stage: text }
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
  if (source.type === "aws-sm") return source.text
  return source.type === "stdin" ? "standard input" : "the secret"
}

/** What a source gave, and what the provenance says of it: no path, because paths tell of machines. */
export interface ReadSource {
  readonly bytes: Uint8Array
  readonly record: SourceRecord
}

/** @throws EnvsealError `SOURCE_MISSING`, `INPUT_UNREADABLE`, `INPUT_TOO_LARGE`, or what the secret store throws. */
export async function readSource(source: Source, ports: Ports): Promise<ReadSource> {
  switch (source.type) {
    case "stdin":
      return { bytes: await ports.files.readStdin(maxSourceBytes), record: { type: "stdin" } }
    case "file":
      return { bytes: await ports.files.read(source.path, maxSourceBytes), record: { type: "file" } }
    case "inline":
      return { bytes: source.bytes, record: { type: "inline" } }
    case "env":
      return {
        bytes: readVariable(source.name, ports),
        record: { type: "env", name: source.name },
      }
    case "aws-sm": {
      if (ports.secretStore === null) throw new EnvsealError("USAGE", `${source.text} cannot be read here`)
      const { bytes, arn, versionId } = await ports.secretStore.read(source.reference)
      return { bytes, record: { type: "aws-sm", arn, versionId } }
    }
  }
}

/** @throws EnvsealError `SOURCE_MISSING` when the variable is not set. */
export function readVariable(name: string, ports: Ports): Uint8Array {
  const value = ports.variable(name)
  if (value !== null) return value
  throw new EnvsealError("SOURCE_MISSING", `the environment variable ${printable(name)} is not set`, {
    hint: `set it, in a buildspec under env: variables or secrets-manager: ${printable(name)}: …`,
  })
}
