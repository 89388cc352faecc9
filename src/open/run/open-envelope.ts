import { EnvsealError, type Problem } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { count, decodeUtf8 } from "../../core/text.ts"
import { readPayload } from "../../dotenv/payload.ts"
import type { Claims } from "../../envelope/claims.ts"
import { type Context, checkExpectation, formatContext } from "../../envelope/context.ts"
import { decryptPayload, type Envelope, readEnvelope } from "../../envelope/open.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { findFileKey } from "./file-key.ts"

export interface OpenRequest {
  /** Path of the envelope; `-` is standard input. */
  readonly in: string
  /** What the caller says the envelope is for; `null` when it says nothing. */
  readonly expect: Context | null
  /** Identity files; see `findIdentities` for where else one is looked for. */
  readonly identities: readonly string[]
  /** ARNs of the KMS keys that may have wrapped the file key; `null` when the caller pins none. */
  readonly kmsKeys: readonly string[] | null
}

/** An envelope that passed every stage. Its claims are authenticated. */
export interface Opened {
  /** The `.env` text, byte for byte as it was sealed. */
  readonly text: Secret
  readonly values: ReadonlyMap<string, Secret>
  readonly claims: Claims
}

/** The largest envelope that is read, in bytes, armored. */
export const maxEnvelopeBytes = 16_777_216

/** @throws EnvsealError from reading the file, or what `readEnvelope` says of it. */
export async function readEnvelopeFile(path: string, ports: Ports): Promise<Envelope> {
  const bytes =
    path === "-"
      ? await ports.files.readStdin(maxEnvelopeBytes)
      : await ports.files.read(path, maxEnvelopeBytes)
  return readEnvelope(bytes, path === "-" ? "standard input" : path)
}

/**
 * Opens an envelope in stages, each with its own error code: header, expectation, file key and MAC, payload, `.env` text. Nothing is written or run here, so that nothing is when a stage fails.
 */
export async function open(request: OpenRequest, ports: Ports): Promise<Opened> {
  const envelope = await readEnvelopeFile(request.in, ports)
  ports.log.debug(`${envelope.name} claims ${formatContext(envelope.claims.context) || "no context"}`)
  if (request.expect !== null) checkExpectation(envelope.claims.context, request.expect, envelope.name)
  const opened = await openEnvelope(envelope, await findFileKey(envelope, request, ports))
  ports.log.debug(`authentic; ${count(opened.values.size, "name")} read back`)
  return opened
}

/** The stages after the file key was found: payload and `.env` text. */
export async function openEnvelope(envelope: Envelope, fileKey: Uint8Array): Promise<Opened> {
  const text = decodeUtf8(await decryptPayload(envelope, fileKey))
  if (text === null) throw notDotenv(envelope)
  return { text: new Secret(text), values: readValues(text, envelope), claims: envelope.claims }
}

function readValues(text: string, envelope: Envelope): ReadonlyMap<string, Secret> {
  const payload = readPayload(text)
  if (payload === null || payload.values.size !== envelope.claims.provenance.names) throw notDotenv(envelope)
  if (payload.problems.length > 0) throw refused(envelope, payload.problems)
  return payload.values
}

function refused({ name }: Envelope, problems: readonly Problem[]): EnvsealError {
  const what = count(problems.length, "name")
  return new EnvsealError("SECRET_REFUSED", `${name} holds ${what} that no envelope may hold`, {
    problems,
    hint: "envseal seal does not write them: find out who sealed it, or seal it again without them",
  })
}

function notDotenv(envelope: Envelope): EnvsealError {
  return new EnvsealError("DOTENV_MALFORMED", `${envelope.name} does not hold the .env that envseal writes`, {
    hint: "it was sealed by something else; look at it with age -d, or seal it again with envseal seal",
  })
}
