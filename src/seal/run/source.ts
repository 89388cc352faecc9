import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { SourceRecord } from "../../envelope/claims.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { SecretReference } from "../../ports/secrets.ts"

/** Where a secret is to be read: its JSON, or a `.env`. */
export type Source =
  | { readonly type: "env"; readonly name: string }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "stdin" }
  /** A `.env`; `null` for the one of standard input. */
  | { readonly type: "dotenv"; readonly path: string | null }
  | { readonly type: "aws-sm"; readonly reference: SecretReference; readonly text: string }
  /** JSON that the caller of the library has at hand; no text names it. */
  | { readonly type: "inline"; readonly bytes: Uint8Array }

/** Sixteen secrets of Secrets Manager's largest size. */
export const maxSourceBytes = 1_048_576

const sourceHint =
  "a source is aws-sm:NAME or its ARN, env:NAME, file:PATH, dotenv:PATH, or - (dotenv:-) for standard input"

/** The id of a version is the idempotency token of the call that wrote it: a UUID of every tool but Terraform. */
const versionIdGrammar = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|terraform-[0-9a-f]{26})$/i

/** Secret names and ARNs have no `#` (Secrets Manager API reference, "CreateSecret"). */
const secretGrammar = /^([A-Za-z0-9/_+=.@:-]{1,2048})(?:#([A-Za-z0-9/_+=.@-]{1,256}))?$/

/** @returns `null` for text that has none of the forms of a source. */
export function sourceOf(text: string): Source | null {
  if (text === "-") return { type: "stdin" }
  const [, type, rest] = /^(env|file|dotenv):(.+)$/s.exec(text) ?? []
  if (type === "env" && rest !== undefined) return { type, name: rest }
  if (type === "file" && rest !== undefined) return { type, path: rest }
  if (type === "dotenv" && rest !== undefined) return { type, path: rest === "-" ? null : rest }
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

/** @throws EnvsealError `USAGE`, and shows only what looks like a name or a path: another text may be the secret itself. */
export function parseSource(text: string, flag: string): Source {
  const source = sourceOf(text)
  if (source !== null) return source
  if (!/^[\w.,:/@#~-]+$/.test(text))
    throw new EnvsealError("USAGE", `${flag}: this is not a source`, { hint: sourceHint })
  throw new EnvsealError("USAGE", `${flag}: "${printable(text, 40)}" is not a source`, {
    hint: pathHint(text) ?? sourceHint,
  })
}

/** What to write for the path of a file; `null` for what does not look like one. */
function pathHint(text: string): string | null {
  const shown = printable(text)
  if (/^[^:]*\.json$/.test(text)) return `write file:${shown}`
  if (/^[^:]*\.env(?:\.[^/:]*)?$/.test(text)) return `write dotenv:${shown}`
  return /^\.{0,2}\//.test(text) ? `write file:${shown} for JSON, dotenv:${shown} for a .env` : null
}

/** Whether a source takes all of standard input. */
export function readsStdin(source: Source): boolean {
  return source.type === "stdin" || (source.type === "dotenv" && source.path === null)
}

/** The source of the same text read as a `.env`, as a person writes it; `null` where there is none. */
export function asDotenv(source: Source): string | null {
  if (source.type === "file") return `dotenv:${printable(source.path)}`
  return source.type === "stdin" ? "dotenv:-" : null
}

/** What a source is called in messages. */
export function sourceName(source: Source): string {
  if (source.type === "env") return `env:${printable(source.name)}`
  if (source.type === "file") return `file:${printable(source.path)}`
  if (source.type === "dotenv") return `dotenv:${printable(source.path ?? "-")}`
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
    case "dotenv":
      return source.path === null
        ? readSource({ type: "stdin" }, ports)
        : readSource({ type: "file", path: source.path }, ports)
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
