import { EnvsealError } from "../../core/error.ts"
import { regionOf } from "../../core/region.ts"
import { count } from "../../core/text.ts"
import { type Context, formatContext } from "../../envelope/context.ts"
import { arnForRegion } from "../../envelope/kms-key.ts"
import { selectKeys } from "../../envelope/kms-stanza.ts"
import { checkFileKey, type Envelope, unwrapFileKey } from "../../envelope/open.ts"
import { tampered } from "../../envelope/refusal.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { WrappedKey } from "../../ports/keys.ts"
import { findIdentities, mountedIdentity } from "./identities.ts"

export interface FileKeyRequest {
  /** What the envelope was found to be for; `null` when the caller did not say. */
  readonly expect: Context | null
  readonly identities: readonly string[]
  readonly kmsKeys: readonly string[] | null
}

/**
 * The file key of an envelope, with the header's MAC checked under it: from a local identity, or else from KMS.
 * A key that fails does not hide another one that works; when none does, all failures are reported together.
 *
 * @throws EnvsealError `TAMPERED` at once where the header is not what was sealed.
 */
export async function findFileKey(
  envelope: Envelope,
  request: FileKeyRequest,
  ports: Ports,
): Promise<Uint8Array> {
  const local = await tryIdentities(envelope, request.identities, ports)
  if (local instanceof Uint8Array) return local
  if (envelope.wrappedKeys.length === 0) throw local ?? noIdentity()
  const remote = await tryKeyService(envelope, request, ports)
  if (remote instanceof Uint8Array) {
    if (local !== null && local.code !== "NO_MATCH") ports.log.warn(local.message)
    return remote
  }
  throw together(envelope, local === null ? remote : [local, ...remote])
}

function noIdentity(): EnvsealError {
  return new EnvsealError("NO_IDENTITY", "there is no identity to open with", {
    hint: `pass --identity FILE, set ENVSEAL_IDENTITY_FILE, or mount ${mountedIdentity}`,
  })
}

/** @returns the file key, why there is none among the identities, or `null` when there are no identities. */
async function tryIdentities(
  envelope: Envelope,
  paths: readonly string[],
  ports: Ports,
): Promise<Uint8Array | EnvsealError | null> {
  try {
    const identities = await findIdentities(paths, ports)
    if (identities === null) return null
    ports.log.debug(`trying ${count(identities.length, "identity", "identities")}`)
    return await unwrapFileKey(envelope, identities, envelope.claims.recipients)
  } catch (error) {
    if (error instanceof EnvsealError && mayTryNext(error)) return error
    throw error
  }
}

/** @returns the file key, or why each of the keys did not give it. */
async function tryKeyService(
  envelope: Envelope,
  { expect, kmsKeys }: FileKeyRequest,
  { environment, keyService, log }: Ports,
): Promise<Uint8Array | EnvsealError[]> {
  if (keyService === null) throw noIdentity()
  const context = contextForKeyService(envelope, expect)
  const region = regionOf(environment)
  const keys = selectKeys(envelope.wrappedKeys, kmsKeys, region)
  if (keys.length === 0) return [foreignKey(envelope, kmsKeys ?? [])]
  if (kmsKeys === null) {
    log.warn(
      `no KMS key is pinned, so ${envelope.name} chose ${keys[0]?.keyArn} itself: set ENVSEAL_KMS_KEY, so that no stranger's key passes`,
    )
  }
  const failures: EnvsealError[] = []
  for (const [at, key] of keys.entries()) {
    const unwrap = () => keyService.unwrap(atRegion(key, region), context, keys.length - at)
    const found = await tryKey(envelope, unwrap)
    if (found instanceof Uint8Array) return found
    failures.push(found)
  }
  return failures
}

function atRegion(key: WrappedKey, region: string | null): WrappedKey {
  return { ...key, keyArn: arnForRegion(key.keyArn, region) }
}

async function tryKey(
  envelope: Envelope,
  unwrap: () => Promise<Uint8Array>,
): Promise<Uint8Array | EnvsealError> {
  let fileKey: Uint8Array
  try {
    fileKey = await unwrap()
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    if (error.code === "TAMPERED") tampered(envelope, error.message, error)
    if (mayTryNext(error)) return error
    throw error
  }
  checkFileKey(envelope, fileKey)
  return fileKey
}

/**
 * Damage and a wrong place are final: another key must not open what one key proved to be altered. So is a file that is
 * no identity, which somebody named by mistake.
 */
function mayTryNext({ code }: EnvsealError): boolean {
  return code !== "TAMPERED" && code !== "USAGE" && code !== "IDENTITY_MALFORMED"
}

/** Only what the caller expects goes to KMS: the header's own word must not choose what a role decrypts. */
function contextForKeyService({ name, claims }: Envelope, expect: Context | null): Context {
  if (expect !== null) return expect
  if (Object.keys(claims.context).length === 0) return {}
  throw new EnvsealError("USAGE", `${name} is to be opened with KMS, and nothing says what it must be for`, {
    hint: `pass --expect or set ENVSEAL_EXPECT; the file says ${formatContext(claims.context)}`,
  })
}

function foreignKey({ name, wrappedKeys }: Envelope, pins: readonly string[]): EnvsealError {
  const found = wrappedKeys.map(({ keyArn }) => keyArn).join(", ")
  return new EnvsealError(
    "KEY_MISMATCH",
    `${name} is wrapped under ${found}, and ${pins.join(", ")} is pinned`,
    {
      hint: "deploy the envelope that was sealed for this environment, or correct --kms-key (ENVSEAL_KMS_KEY)",
    },
  )
}

/** One failure as it is; several in one message, each once, under the code that leaves the most hope. */
function together(envelope: Envelope, all: readonly EnvsealError[]): EnvsealError {
  const failures = [...new Map(all.map((failure) => [failure.message, failure])).values()]
  const [first, ...others] = failures
  if (first === undefined) return noIdentity()
  if (others.length === 0) return first
  const best = failures.find(({ code }) => code === "REMOTE_FAILED") ?? failures.at(-1) ?? first
  const told = failures.map(({ message, code }) => `${message} [${code}]`).join("; ")
  return new EnvsealError(best.code, `no key opens ${envelope.name}: ${told}`, {
    cause: best,
    ...(best.hint === undefined ? {} : { hint: best.hint }),
  })
}
