import { Decrypter } from "age-encryption"
import { EnvsealError } from "../core/error.ts"
import { count, nameList } from "../core/text.ts"
import type { WrappedKey } from "../ports/keys.ts"
import { dearmor } from "./armor.ts"
import { readAll, streamOf } from "./byte-stream.ts"
import { type Claims, readClaims } from "./claims.ts"
import { type AgeFile, readHeader } from "./header.ts"
import { type Identity, recipientOf } from "./identity.ts"
import { kmsRecipientName, readKmsStanzas } from "./kms-stanza.ts"
import { recipientName } from "./recipient.ts"

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
  for (const identity of identities) {
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
  const decrypter = new Decrypter()
  let noStanzaMatched = false
  decrypter.addIdentity(identity.key.reveal())
  // Asked only after the identity before it found nothing, which tells that case from the others below.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      noStanzaMatched = true
      return null
    },
  })
  try {
    return await decrypter.decryptHeader(file.header)
  } catch (cause) {
    if (noStanzaMatched) return null
    const { hasLowOrderShare } = await import("./low-order.ts")
    if (file.stanzas.some(hasLowOrderShare)) {
      throw new EnvsealError("HEADER_MALFORMED", `the header of ${file.name} has a share of low order`, {
        cause,
      })
    }
    tampered(file, "its header does not match its MAC", cause)
  }
}

/**
 * Stage 2 with a file key from a key service: the header MAC under it.
 *
 * @throws EnvsealError `TAMPERED`.
 */
export async function checkFileKey(file: AgeFile, fileKey: Uint8Array): Promise<void> {
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => fileKey })
  try {
    await decrypter.decryptHeader(file.header)
  } catch (cause) {
    tampered(file, "its header does not match its MAC", cause)
  }
}

/**
 * Stage 3: the payload, whole or not at all.
 *
 * @throws EnvsealError `TAMPERED` when any chunk is altered, missing, or more than there should be.
 */
export async function decryptPayload(file: AgeFile, fileKey: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => fileKey })
  try {
    return await readAll(await decrypter.decrypt(streamOf(file.bytes)))
  } catch (cause) {
    tampered(file, "its payload is altered or cut", cause)
  }
}

/** @throws EnvsealError `TAMPERED`, always: the file is not what was sealed. */
export function tampered(file: AgeFile, what: string, cause?: unknown): never {
  throw new EnvsealError("TAMPERED", `${file.name} was altered: ${what}`, {
    cause,
    hint: "do not use it: take the image or file again from where it was sealed, or seal again",
  })
}

function hintFor(recipients: readonly string[]): string {
  // Anyone can have written these names: nothing was authenticated where this hint is given.
  const list = recipients.length === 0 ? "someone else" : nameList(recipients, 5)
  return `it is sealed for ${list}; pass the identity of one of them with --identity FILE`
}
