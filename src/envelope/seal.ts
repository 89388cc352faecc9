import { Stanza as AgeStanza, Encrypter } from "age-encryption"
import { EnvsealError } from "../core/error.ts"
import { inOrder } from "../core/in-order.ts"
import type { Secret } from "../core/secret.ts"
import { encodeUtf8, printable } from "../core/text.ts"
import type { KeyService, WrappedKey } from "../ports/keys.ts"
import { enarmor } from "./armor.ts"
import { readAll, streamOf } from "./byte-stream.ts"
import { type Provenance, writeClaims } from "./claims.ts"
import type { Context } from "./context.ts"
import { isSameKey, parseKeyArn } from "./kms-key.ts"
import { kmsRecipientName, kmsStanza, writeKmsStanza } from "./kms-stanza.ts"
import { maxStanzasOfType } from "./limits.ts"
import { readEnvelope } from "./open.ts"
import { type KmsRecipient, type Recipient, recipientName } from "./recipient.ts"

export interface EnvelopeRequest {
  /** The `.env` text. */
  readonly text: Secret
  readonly context: Context
  readonly provenance: Provenance
  readonly recipients: readonly Recipient[]
  readonly armored: boolean
}

/**
 * An age v1 file whose first stanza is the context and whose others wrap one file key for each recipient, those
 * of KMS first.
 *
 * @param keyService asked once for each KMS recipient; `null` where there can be none.
 * @throws EnvsealError `USAGE` without a recipient or with too many, `KEY_MISMATCH` when KMS answers for another key than the
 * one asked for, or what the key service throws.
 */
export async function sealEnvelope(
  request: EnvelopeRequest,
  keyService: KeyService | null,
): Promise<Uint8Array> {
  if (request.recipients.length === 0) {
    throw new EnvsealError("USAGE", "there is no recipient to seal for", {
      hint: "pass --recipient aws-kms:ARN or age1…, or --recipients-file FILE",
    })
  }
  checkCount(request.recipients)
  const encrypter = new Encrypter()
  encrypter.addRecipient({ wrapFileKey: (fileKey) => ownStanzas(request, fileKey, keyService) })
  for (const recipient of request.recipients) {
    if (recipient.type === "age") encrypter.addRecipient(recipient.text)
  }
  const file = await encrypt(encrypter, request)
  // What this version cannot read back must not leave the build.
  readEnvelope(file, "the new envelope")
  return request.armored ? enarmor(file) : file
}

async function encrypt(encrypter: Encrypter, { text, recipients }: EnvelopeRequest): Promise<Uint8Array> {
  try {
    return await readAll(await encrypter.encrypt(streamOf(encodeUtf8(text.reveal()))))
  } catch (error) {
    if (error instanceof EnvsealError) throw error
    for (const { type, text: recipient } of recipients) {
      if (type === "age" && !(await isUsable(recipient))) throw unusable(recipient)
    }
    throw error
  }
}

/** Whether anything can be encrypted for a recipient: a point of low order is well written, and no key. */
async function isUsable(recipient: string): Promise<boolean> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  try {
    await encrypter.encrypt(streamOf(new Uint8Array()))
    return true
  } catch {
    return false
  }
}

function unusable(recipient: string): EnvsealError {
  return new EnvsealError(
    "USAGE",
    `the recipient ${printable(recipient, 80)} is no key that can be sealed for`,
    {
      hint: "nobody has an identity for it: take the recipient again from where it was made (envseal keygen)",
    },
  )
}

/** Refused before KMS is asked: no reader takes more. */
function checkCount(recipients: readonly Recipient[]): void {
  const types = recipients.map((recipient) => {
    if (recipient.type === "aws-kms") return kmsStanza
    return recipient.postQuantum ? "mlkem768x25519" : "X25519"
  })
  for (const [type, limit] of Object.entries(maxStanzasOfType)) {
    if (types.filter((one) => one === type).length <= limit) continue
    throw new EnvsealError("USAGE", `more than ${limit} recipients are of the type ${type}`, {
      hint: "give several people one identity, or seal for a KMS key that all of them may use",
    })
  }
}

/** The context stanza, and the stanzas of KMS, whose ARNs it lists. */
async function ownStanzas(
  { context, provenance, recipients }: EnvelopeRequest,
  fileKey: Uint8Array,
  keyService: KeyService | null,
): Promise<AgeStanza[]> {
  const kms = recipients.filter((recipient) => recipient.type === "aws-kms")
  const wrapped = await inOrder(kms.map((recipient) => wrap(recipient, fileKey, context, keyService)))
  // Two aliases can be one key; one stanza for it is enough.
  const keys = [...new Map(wrapped.map((key) => [key.keyArn, key])).values()]
  const names = await Promise.all(
    recipients.flatMap((recipient) => (recipient.type === "age" ? [recipientName(recipient.text)] : [])),
  )
  const claims = writeClaims({
    context,
    provenance,
    recipients: [...keys.map(({ keyArn }) => kmsRecipientName(keyArn)), ...names],
  })
  return [claims, ...keys.map(writeKmsStanza)].map(
    ({ type, args, body }) => new AgeStanza([type, ...args], body),
  )
}

async function wrap(
  { text, keyId }: KmsRecipient,
  fileKey: Uint8Array,
  context: Context,
  keyService: KeyService | null,
): Promise<WrappedKey> {
  if (keyService === null) {
    throw new EnvsealError("USAGE", `there is no key service to seal for ${text}`, {
      hint: "pass keyService, or seal with the command line",
    })
  }
  const wrapped = await keyService.wrap(keyId, fileKey, context)
  if (isAnswerFor(keyId, wrapped.keyArn)) return wrapped
  throw new EnvsealError("KEY_MISMATCH", `KMS was asked for ${keyId}, and answered for another key`, {
    hint: "look at what stands between here and KMS: AWS_ENDPOINT_URL, a proxy",
  })
}

/** Whether an ARN can be that of the key which was asked for. Which one is behind an alias, only KMS knows. */
function isAnswerFor(keyId: string, keyArn: string): boolean {
  const answered = parseKeyArn(keyArn)
  if (answered === null) return false
  if (parseKeyArn(keyId) !== null) return isSameKey(keyId, keyArn)
  if (keyId.startsWith("alias/")) return true
  const [, ofAlias] = /^(arn:[^:]+:kms:[^:]+:\d+:)alias\//.exec(keyId) ?? []
  return ofAlias === undefined ? answered.id === keyId : keyArn.startsWith(ofAlias)
}
