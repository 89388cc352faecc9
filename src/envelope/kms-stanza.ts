import { EnvsealError } from "../core/error.ts"
import type { WrappedKey } from "../ports/keys.ts"
import type { AgeFile, Stanza } from "./header.ts"
import { isSameKey, parseKeyArn } from "./kms-key.ts"

export const kmsStanza = "envseal/aws-kms"

/** The largest CiphertextBlob that KMS answers or takes, in bytes (KMS API reference, "Decrypt"). */
const maxCiphertextBytes = 6144

/** A KMS recipient's stanza: `-> envseal/aws-kms ARN` and the ciphertext (docs/format.md, section 4). */
export function writeKmsStanza({ keyArn, ciphertext }: WrappedKey): Stanza {
  return { type: kmsStanza, args: [keyArn], body: ciphertext }
}

/**
 * Reads every KMS stanza of a file.
 *
 * @throws EnvsealError `HEADER_MALFORMED` when one does not have the shape that {@link writeKmsStanza} gives,
 * `TOO_MANY_STANZAS` when one key has several: each would be a request to KMS.
 */
export function readKmsStanzas(file: AgeFile): WrappedKey[] {
  const keys = new Set<string>()
  return file.stanzas
    .filter((stanza) => stanza.type === kmsStanza)
    .map(({ args, body }) => {
      const [keyArn, ...others] = args
      if (keyArn === undefined || others.length > 0 || parseKeyArn(keyArn) === null) {
        throw malformed(file, "does not name the ARN of one key")
      }
      if (body.length === 0 || body.length > maxCiphertextBytes)
        throw malformed(file, "has no ciphertext of KMS")
      if (keys.has(keyArn)) throw repeated(file, keyArn)
      keys.add(keyArn)
      return { keyArn, ciphertext: body }
    })
}

function malformed(file: AgeFile, what: string): EnvsealError {
  return new EnvsealError("HEADER_MALFORMED", `a KMS stanza of ${file.name} ${what}`, {
    hint: "the envelope was altered, or not written by envseal: seal it again",
  })
}

function repeated(file: AgeFile, keyArn: string): EnvsealError {
  return new EnvsealError("TOO_MANY_STANZAS", `${file.name} has more than one stanza for ${keyArn}`, {
    hint: "the envelope was not written by envseal: seal it again",
  })
}

/** How the header's list of recipients names a key. */
export function kmsRecipientName(keyArn: string): string {
  return `aws-kms:${keyArn}`
}

/**
 * The KMS stanzas that fit the pins, nearest first: those of the process's own Region, then the others as they
 * stand in the header.
 *
 * @param pins ARNs of the keys that the caller accepts; `null` for any.
 */
export function selectKeys(
  keys: readonly WrappedKey[],
  pins: readonly string[] | null,
  region: string | null,
): WrappedKey[] {
  const accepted = keys.filter(({ keyArn }) => pins === null || pins.some((pin) => isSameKey(pin, keyArn)))
  const near = accepted.filter(({ keyArn }) => parseKeyArn(keyArn)?.region === region)
  return [...near, ...accepted.filter((key) => !near.includes(key))]
}
