import { EnvsealError } from "../core/error.ts"
import { printable } from "../core/text.ts"
import { decodeRecipient } from "./age-key.ts"
import { isKeyId } from "./kms-key.ts"

/** The holder of an age identity. */
export interface AgeRecipient {
  readonly type: "age"
  /** As written: `age1…` for X25519, `age1pq1…` for ML-KEM-768 with X25519. */
  readonly text: string
  readonly postQuantum: boolean
}

/** Everybody whom a KMS key's policy lets decrypt. */
export interface KmsRecipient {
  readonly type: "aws-kms"
  /** As written: `aws-kms:` and the key id. */
  readonly text: string
  /** What KMS calls a KeyId: ARN or id of a key, ARN or name of an alias. */
  readonly keyId: string
}

/** Someone who can open what is sealed for them. Public: safe to print, log and commit. */
export type Recipient = AgeRecipient | KmsRecipient

const kmsPrefix = "aws-kms:"

const identityHint =
  "an identity is secret: pass its public half, which envseal keygen printed (age-keygen -y)"

/**
 * Reads a recipient.
 *
 * @param where what it stood in, for the message, such as `--recipient` or `team.txt:3`.
 * @throws EnvsealError `USAGE` when it is none. An identity given by mistake is never shown.
 */
export function parseRecipient(text: string, where: string): Recipient {
  if (/^AGE-SECRET-KEY-/i.test(text)) {
    throw new EnvsealError("USAGE", `${where}: this is an identity, not a recipient`, { hint: identityHint })
  }
  return text.startsWith(kmsPrefix) ? parseKmsRecipient(text, where) : parseAgeRecipient(text, where)
}

function parseKmsRecipient(text: string, where: string): KmsRecipient {
  const keyId = text.slice(kmsPrefix.length)
  if (isKeyId(keyId)) return { type: "aws-kms", text, keyId }
  throw new EnvsealError("USAGE", `${where}: malformed KMS key "${printable(keyId, 120)}"`, {
    hint: "write aws-kms:alias/NAME, or aws-kms: and the ARN of a key or an alias",
  })
}

function parseAgeRecipient(text: string, where: string): AgeRecipient {
  // With no other `1` than these, a tag or plugin recipient such as age1tag1… is none of ours.
  const supported = /^age1(?:pq1)?[02-9ac-hj-np-z]+$/.test(text)
  const key = supported ? decodeRecipient(text) : null
  if (key === null) {
    throw new EnvsealError("USAGE", `${where}: malformed recipient "${printable(text, 80)}"`, {
      hint: `a recipient is age1… or age1pq1…, as envseal keygen and age-keygen print it, or aws-kms:ARN${
        where === "--recipient" && /[./]/.test(text)
          ? "; a file of recipients is given with --recipients-file"
          : ""
      }`,
    })
  }
  return { type: "age", text, postQuantum: key.postQuantum }
}

/**
 * Reads a recipients file as `age -R` does: one recipient a line, blank lines and lines from `#` skipped.
 *
 * @throws EnvsealError `USAGE` for a malformed line, or a file without any recipient.
 */
export function parseRecipientsFile(text: string, name: string): Recipient[] {
  const recipients = text.split(/\r?\n/).flatMap((line, at) => {
    const entry = line.trim()
    return entry === "" || entry.startsWith("#") ? [] : [parseRecipient(entry, `${name}:${at + 1}`)]
  })
  if (recipients.length === 0) {
    throw new EnvsealError("USAGE", `${name} has no recipients`, {
      hint: "put one age1… or aws-kms:… on each line",
    })
  }
  return recipients
}

/**
 * How the header names an age recipient: the text itself, or its SHA-256 where it is as long as a post-quantum key
 * (1,959 characters).
 */
export async function recipientName(text: string): Promise<string> {
  if (text.length <= 128) return text
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return `sha256:${Buffer.from(digest).toString("hex")}`
}
