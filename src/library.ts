import { EnvsealError } from "./core/error.ts"
import { encodeUtf8 } from "./core/text.ts"
import { type Context, checkExpectation, contextFault } from "./envelope/context.ts"
import { parseIdentities } from "./envelope/identity.ts"
import { readEnvelope, unwrapFileKey } from "./envelope/open.ts"
import { noPins } from "./envelope/pinned-keys.ts"
import { parseRecipient } from "./envelope/recipient.ts"
import { type Opened, openEnvelope } from "./open/run/open-envelope.ts"
import { describeEnvelope, type Inspection } from "./open/run/read-claims.ts"
import type { Ports } from "./ports/envelope-ports.ts"
import type { Files } from "./ports/files.ts"
import type { KeyService } from "./ports/keys.ts"
import { seal as sealSources } from "./seal/run/seal-secret.ts"

export interface SealOptions {
  /** `age1…`, `age1pq1…`, and with a key service `aws-kms:…`; at least one. */
  readonly recipients: readonly string[]
  /** Who wraps the file key for `aws-kms:` recipients. */
  readonly keyService?: KeyService
  /** What the envelope is for, such as `{ app: "shop", environment: "production" }`. */
  readonly context: Context
  /** Keep objects and arrays as JSON text instead of refusing them. */
  readonly nested?: "refuse" | "json"
  /** ASCII armor, as the command line writes; `false` for binary. */
  readonly armored?: boolean
  readonly buildId?: string
  readonly commit?: string
  /** Hears of names that deserve a look. Never given a value. */
  readonly onWarning?: (text: string) => void
}

export interface OpenOptions {
  /** Texts of identity files, each with one `AGE-SECRET-KEY-1…` or more. */
  readonly identities: readonly string[]
  /** What the envelope must be for; every pair of it, and no other. */
  readonly expect: Context
}

/**
 * Seals a secret: the JSON object that `envseal seal` reads, with all its checks. Nothing is read or written
 * but the arguments.
 *
 * @throws EnvsealError with the codes of `seal` in docs/errors.md.
 */
export async function seal(secret: string | Uint8Array, options: SealOptions): Promise<Uint8Array> {
  const fault = contextFault(options.context)
  if (fault !== null) throw new EnvsealError("USAGE", `context: ${fault}`)
  const { bytes } = await sealSources(
    {
      from: [{ type: "inline", bytes: typeof secret === "string" ? encodeUtf8(secret) : secret }],
      require: null,
      setEnv: [],
      nested: options.nested ?? "refuse",
      recipients: options.recipients.map((text) => parseRecipient(text, "recipients")),
      context: options.context,
      armored: options.armored ?? true,
      pins: noPins,
      build: {
        ...(options.buildId === undefined ? {} : { buildId: options.buildId }),
        ...(options.commit === undefined ? {} : { commit: options.commit }),
      },
    },
    memoryPorts(options.onWarning ?? (() => {}), options.keyService ?? null),
  )
  return bytes
}

/**
 * Opens an envelope: every stage of `envseal open`, and nothing when one fails.
 *
 * @throws EnvsealError with the codes of `open` in docs/errors.md.
 */
export async function open(envelope: Uint8Array, options: OpenOptions): Promise<Opened> {
  const read = readEnvelope(envelope, "the envelope")
  checkExpectation(read.claims.context, options.expect, read.name)
  const identities = options.identities.flatMap(
    (text, at) => parseIdentities(text, `identities[${at}]`).identities,
  )
  return openEnvelope(read, await unwrapFileKey(read, identities, read.claims.recipients))
}

/** What an envelope says of itself. Not verified: only {@link open} can tell whether it is true. */
export function inspect(envelope: Uint8Array): Inspection {
  return describeEnvelope(readEnvelope(envelope, "the envelope"))
}

/** The library has no files and no variables: what it works on is in its arguments. */
function memoryPorts(warn: (text: string) => void, keyService: KeyService | null): Ports {
  const none = async (): Promise<never> => {
    throw new Error("the library reads and writes no files")
  }
  const files: Files = {
    read: none,
    readStdin: none,
    exists: none,
    isSame: none,
    isPublic: none,
    isPlanted: none,
    replace: none,
    planSecret: none,
    createSecret: none,
  }
  const log = { warn, debug: () => {} }
  const clock = { now: () => new Date() }
  return { files, log, clock, environment: {}, variable: () => null, keyService, secretStore: null }
}
