import type { Ports } from "../app/ports.ts"
import { EnvsealError } from "../core/error.ts"
import { decodeUtf8 } from "../core/text.ts"
import { parseRecipient, parseRecipientsFile, type Recipient } from "../envelope/recipient.ts"

export interface RecipientOptions {
  readonly recipient?: readonly string[]
  readonly recipientsFile?: readonly string[]
}

const maxBytes = 1_048_576

/** All recipients of a command line, each once, in its order. */
export async function readRecipients(options: RecipientOptions, ports: Ports): Promise<Recipient[]> {
  const recipients = (options.recipient ?? []).map((text) => parseRecipient(text, "--recipient"))
  for (const path of options.recipientsFile ?? []) {
    const text = decodeUtf8(await ports.files.read(path, maxBytes))
    if (text === null) throw new EnvsealError("USAGE", `${path} is not text`)
    recipients.push(...parseRecipientsFile(text, path))
  }
  const unique = new Map(recipients.map((recipient) => [recipient.text, recipient]))
  if (unique.size > 0) return [...unique.values()]
  throw new EnvsealError("USAGE", "there is no recipient to seal for", {
    hint: "pass --recipient aws-kms:ARN or age1… (make one with envseal keygen), or --recipients-file FILE",
  })
}
