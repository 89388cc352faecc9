import { EnvsealError } from "../core/error.ts"
import { count, nameList } from "../core/text.ts"
import type { WrappedKey } from "../ports/keys.ts"
import { decodeIdentity } from "./age-key.ts"
import { dearmor } from "./armor.ts"
import { decodeBase64 } from "./base64.ts"
import { type Claims, readClaims } from "./claims.ts"
import { type AgeFile, readHeader } from "./header.ts"
import { hasHeaderMac } from "./header-mac.ts"
import { type Identity, recipientOf } from "./identity.ts"
import { kmsRecipientName, readKmsStanzas } from "./kms-stanza.ts"
import { decryptChunks } from "./payload.ts"
import { recipientName } from "./recipient.ts"
import { lowOrderShare, tampered } from "./refusal.ts"
import { turn } from "./turn.ts"
import { unwrapX25519, x25519Key } from "./x25519.ts"

/** An envelope whose header was read. Nothing in it is authenticated yet: trust it only once it was opened. */
export interface Envelope extends AgeFile {
  readonly claims: Claims
  /** What the KMS stanzas hold, in their order. */
  readonly wrappedKeys: readonly WrappedKey[]
}

/**
 * Stage 1: armor, header, context stanza and KMS stanzas, by shape alone.
 *
 * @throws EnvsealError `TAMPERED` when the KMS stanzas are not those that the context stanza names.
 */
export function readEnvelope(bytes: Uint8Array, name: string): Envelope {
  const file = readAgeFile(bytes, name)
  const claims = readClaims(file)
  const wrappedKeys = readKmsStanzas(file)
  const found = wrappedKeys.map(({ keyArn }) => kmsRecipientName(keyArn))
  const claimed = claims.recipients.filter((recipient) => recipient.startsWith("aws-kms:"))
  if (found.join() !== claimed.join()) tampered(file, "its KMS stanzas are not those of its recipients")
  return { ...file, claims, wrappedKeys }
}

/** Stage 1 for any age file, with a context or without. */
export function readAgeFile(bytes: Uint8Array, name: string): AgeFile {
  return readHeader(dearmor(bytes, name), name)
}

/**
 * Stage 2: the file key, from the first identity that can unwrap it, and the header MAC under it.
 *
 * @param recipients what the header claims to be sealed for; with an identity among them that unwraps nothing,
 * the header was altered.
 * @throws EnvsealError `NO_MATCH`, `TAMPERED`, or `HEADER_MALFORMED` for a share of low order.
 */
export async function unwrapFileKey(
  file: AgeFile,
  identities: readonly Identity[],
  recipients: readonly string[] = [],
): Promise<Uint8Array> {
  for (const [at, identity] of identities.entries()) {
    if (at > 0) await turn()
    const fileKey = await tryIdentity(file, identity)
    if (fileKey !== null) return fileKey
  }
  for (const identity of identities) {
    if (recipients.includes(await recipientName(await recipientOf(identity)))) {
      tampered(file, `it names the recipient of ${identity.where}, whose stanza is damaged`)
    }
  }
  const tried = count(identities.length, "identity", "identities")
  throw new EnvsealError("NO_MATCH", `${tried} tried, and ${file.name} is for none of them`, {
    hint: hintFor(recipients),
  })
}

/** @returns `null` when no stanza is for this identity. */
async function tryIdentity(file: AgeFile, identity: Identity): Promise<Uint8Array | null> {
  const key = decodeIdentity(identity.key.reveal())
  if (key === null) return null
  if (key.postQuantum) return (await import("./hybrid.ts")).unwrapHybrid(file, identity)
  const fileKey = await unwrapByX25519(file, key.bytes)
  if (fileKey !== null) checkFileKey(file, fileKey)
  return fileKey
}

/** How many stanzas are tried in a row: some milliseconds under Node, which computes without giving way. */
const stanzasATurn = 16

/** @throws EnvsealError `HEADER_MALFORMED` for a share of low order. */
async function unwrapByX25519(file: AgeFile, scalar: Uint8Array): Promise<Uint8Array | null> {
  const key = await x25519Key(scalar)
  let tried = 0
  for (const { type, args, body } of file.stanzas) {
    const share = type === "X25519" ? decodeBase64(args[0] ?? "") : null
    if (share === null) continue
    if (++tried % stanzasATurn === 0) await turn()
    const found = await unwrapX25519(key, share, body)
    if (found === "low order") lowOrderShare(file)
    if (found !== null) return found
  }
  return null
}

/**
 * Stage 2 with a file key that was found: the header MAC under it.
 *
 * @throws EnvsealError `TAMPERED`.
 */
export function checkFileKey(file: AgeFile, fileKey: Uint8Array): void {
  if (!hasHeaderMac(file.header, fileKey)) tampered(file, "its header does not match its MAC")
}

/**
 * Stage 3: the payload, whole or not at all.
 *
 * @throws EnvsealError `TAMPERED` when any chunk is altered, missing, or more than there should be.
 */
export async function decryptPayload(file: AgeFile, fileKey: Uint8Array): Promise<Uint8Array> {
  const payload = await decryptChunks(fileKey, file.bytes.subarray(file.header.length))
  return payload ?? tampered(file, "its payload is altered or cut")
}

function hintFor(recipients: readonly string[]): string {
  // Anyone can have written these names: nothing was authenticated where this hint is given.
  const list = recipients.length === 0 ? "someone else" : nameList(recipients, 5)
  return `it is sealed for ${list}; pass the identity of one of them with --identity FILE`
}
