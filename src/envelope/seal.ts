import { Stanza as AgeStanza, Encrypter } from "age-encryption"
import { EnvsealError } from "../core/error.ts"
import type { Secret } from "../core/secret.ts"
import { encodeUtf8 } from "../core/text.ts"
import { enarmor } from "./armor.ts"
import { readAll, streamOf } from "./byte-stream.ts"
import { type Provenance, readClaims, writeClaims } from "./claims.ts"
import type { Context } from "./context.ts"
import { readHeader } from "./header.ts"
import { type Recipient, recipientName } from "./recipient.ts"

export interface SealRequest {
  /** The `.env` text. */
  readonly text: Secret
  readonly context: Context
  readonly provenance: Provenance
  readonly recipients: readonly Recipient[]
  readonly armored: boolean
}

/**
 * An age v1 file whose first stanza is the context and whose others wrap one file key for each recipient.
 *
 * @throws EnvsealError `USAGE` without a recipient.
 */
export async function sealEnvelope(request: SealRequest): Promise<Uint8Array> {
  if (request.recipients.length === 0) {
    throw new EnvsealError("USAGE", "there is no recipient to seal for", {
      hint: "pass --recipient age1…, or --recipients-file FILE",
    })
  }
  const { context, provenance } = request
  const recipients = request.recipients.map((recipient) => recipientName(recipient.text))
  const { type, args, body } = writeClaims({ context, provenance, recipients })
  const encrypter = new Encrypter()
  encrypter.addRecipient({ wrapFileKey: () => [new AgeStanza([type, ...args], body)] })
  for (const recipient of request.recipients) encrypter.addRecipient(recipient.text)
  const file = await readAll(await encrypter.encrypt(streamOf(encodeUtf8(request.text.reveal()))))
  // What this version cannot read back must not leave the build.
  readClaims(readHeader(file, "the new envelope"))
  return request.armored ? enarmor(file) : file
}
