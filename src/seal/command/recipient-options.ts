import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8 } from "../../core/text.ts"
import { parseRecipient, parseRecipientsFile, type Recipient } from "../../envelope/recipient.ts"
import type { Ports } from "../../ports/envelope-ports.ts"

export interface RecipientOptions {
  readonly recipient?: readonly string[]
  readonly recipientsFile?: readonly string[]
}

const maxBytes = 1_048_576

/**
 * All recipients of a command line, each once, in its order. When it names none, those of the settings.
 *
 * @param purpose who asks, such as `envseal seal`.
 */
export async function readRecipients(
  options: RecipientOptions,
  ports: Ports,
  settings: EnvironmentSettings | null = null,
  purpose = "",
): Promise<Recipient[]> {
  if (options.recipient === undefined && options.recipientsFile === undefined && settings !== null) {
    return recipientsOf(demand(settings, ["recipients"], purpose))
  }
  const recipients = (options.recipient ?? []).map((text) => parseRecipient(text, "--recipient"))
  for (const path of options.recipientsFile ?? []) {
    const text = decodeUtf8(await ports.files.read(path, maxBytes))
    if (text === null) throw new EnvsealError("USAGE", `${path} is not text`)
    recipients.push(...parseRecipientsFile(text, path))
  }
  if (recipients.length > 0) return unique(recipients)
  throw new EnvsealError("USAGE", "there is no recipient to seal for", {
    hint: "pass --recipient aws-kms:ARN or age1… (make one with envseal keygen), or --recipients-file FILE",
  })
}

function recipientsOf({ recipients, places, place }: EnvironmentSettings): Recipient[] {
  return unique(recipients.map((text, at) => parseRecipient(text, places[`recipients.${at}`] ?? place)))
}

function unique(recipients: readonly Recipient[]): Recipient[] {
  return [...new Map(recipients.map((recipient) => [recipient.text, recipient])).values()]
}
