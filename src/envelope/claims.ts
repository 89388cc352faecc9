import { EnvsealError } from "../core/error.ts"
import { decodeUtf8, encodeUtf8 } from "../core/text.ts"
import { canonicalJson, type Json } from "./canonical-json.ts"
import { type Context, contextFault } from "./context.ts"
import type { AgeFile, Stanza } from "./header.ts"

export const contextStanza = "envseal/context"
const contextVersion = "v1"

/** Where a part of the sealed configuration came from. */
export type SourceRecord =
  | { readonly type: "env" | "file" | "stdin" | "inline"; readonly name?: string }
  | { readonly type: "aws-sm"; readonly arn: string; readonly versionId: string }

/** How an envelope came to be. Readable by anyone who has the file, and nothing in it derives from a value. */
export type Provenance = {
  /** RFC 3339, UTC. */
  readonly sealedAt: string
  /** The version of envseal that sealed it. */
  readonly envseal: string
  /** How many names it holds. */
  readonly names: number
  readonly sources: readonly SourceRecord[]
  readonly buildId?: string
  readonly commit?: string
}

/**
 * What the context stanza says. It is covered by the header MAC, so it is the sealer's word only once a file
 * key was found and the MAC checked; before that, anyone can have written it.
 */
export interface Claims {
  readonly context: Context
  readonly provenance: Provenance
  /** The recipients as they were named when sealing: an `age1…` string, `sha256:` of one that is long, `aws-kms:` and an ARN. */
  readonly recipients: readonly string[]
}

/** The context stanza of an envelope: `-> envseal/context v1` and canonical JSON (docs/format.md, section 3). */
export function writeClaims(claims: Claims): Stanza {
  const { context, provenance, recipients } = claims
  const body = encodeUtf8(canonicalJson({ context, provenance, recipients }))
  return { type: contextStanza, args: [contextVersion], body }
}

/**
 * Reads the context stanza: exactly one, and first.
 *
 * @throws EnvsealError `VERSION_UNSUPPORTED` for a later version of it, `CONTEXT_MALFORMED` otherwise.
 */
export function readClaims(file: AgeFile): Claims {
  const found = file.stanzas.filter((stanza) => stanza.type === contextStanza)
  const [stanza] = found
  if (stanza === undefined) {
    throw new EnvsealError("CONTEXT_MALFORMED", `${file.name} has no context: envseal did not seal it`, {
      hint: "if it is a plain age file, open it with age -d",
    })
  }
  if (found.length > 1) malformed(file, "there is more than one")
  if (file.stanzas[0] !== stanza) malformed(file, "it is not the first stanza")
  const [version, ...others] = stanza.args
  if (version !== contextVersion || others.length > 0) {
    throw new EnvsealError("VERSION_UNSUPPORTED", `the context of ${file.name} is of an unknown version`, {
      hint: "look for a newer envseal",
    })
  }
  return parseClaims(stanza.body, file)
}

function malformed(file: AgeFile, what: string): never {
  throw new EnvsealError("CONTEXT_MALFORMED", `the context of ${file.name} is malformed: ${what}`, {
    hint: "the envelope was altered, or not written by envseal: seal it again",
  })
}

function parseClaims(body: Uint8Array, file: AgeFile): Claims {
  const text = decodeUtf8(body)
  if (text === null) malformed(file, "it is not UTF-8")
  const value = parseCanonical(text)
  if (value === null) malformed(file, "it is not canonical JSON")
  if (!isObject(value) || Object.keys(value).join() !== "context,provenance,recipients") {
    malformed(file, "it does not have context, provenance and recipients, and nothing else")
  }
  const { context, provenance, recipients } = value
  if (!isContext(context)) malformed(file, "its pairs are not names and values")
  if (!isProvenance(provenance)) malformed(file, "its provenance does not have the expected members")
  if (!isList(recipients) || !recipients.every((r) => typeof r === "string")) {
    malformed(file, "its recipients are not a list of text")
  }
  return { context, provenance, recipients }
}

/** @returns `null` for anything that {@link canonicalJson} would have written in another way. */
function parseCanonical(text: string): Json | null {
  try {
    const value: Json = JSON.parse(text)
    return canonicalJson(value) === text ? value : null
  } catch {
    return null
  }
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

function isContext(value: Json | undefined): value is Context {
  return isObject(value) && Object.values(value).every(isText) && contextFault(value as Context) === null
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string"
}

/** Members that this version does not know are allowed, so that a later one can add some. */
function isProvenance(value: Json | undefined): value is Provenance {
  return (
    isObject(value) &&
    isText(value["sealedAt"]) &&
    isText(value["envseal"]) &&
    typeof value["names"] === "number" &&
    isList(value["sources"]) &&
    value["sources"].every(isSource) &&
    [value["buildId"], value["commit"]].every(isTextOrNone)
  )
}

function isSource(value: Json): boolean {
  if (!isObject(value) || !isText(value["type"])) return false
  return [value["name"], value["arn"], value["versionId"]].every(isTextOrNone)
}

function isTextOrNone(value: Json | undefined): boolean {
  return value === undefined || isText(value)
}
