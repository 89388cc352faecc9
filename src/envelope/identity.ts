import { EnvsealError } from "../core/error.ts"
import { Secret } from "../core/secret.ts"
import { decodeIdentity } from "./age-key.ts"

/** A private key that opens what was sealed for its recipient. */
export interface Identity {
  readonly key: Secret
  /** Where it was read, for messages, such as `key.txt:3`. */
  readonly where: string
}

/** The identities of one file, and the places in it where there is something else. */
export interface IdentityFile {
  readonly identities: readonly Identity[]
  readonly faults: readonly string[]
}

/**
 * Reads identities as the age tools write them: one a line, blank lines and lines from `#` skipped. A line
 * that is no identity does not hide the others; it comes back as a fault, without its text.
 *
 * @throws EnvsealError `IDENTITY_MALFORMED` when there is no identity at all.
 */
export function parseIdentities(text: string, name: string): IdentityFile {
  const identities: Identity[] = []
  const faults: string[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim()
    if (entry === "" || entry.startsWith("#")) continue
    const where = `${name}:${at + 1}`
    if (decodeIdentity(entry) !== null) identities.push({ key: new Secret(entry), where })
    else faults.push(`${where} ${faultOf(entry)}`)
  }
  if (identities.length === 0) {
    const what =
      faults.length === 0 || faults.length > maxToldFaults ? noneIn(name, faults.length) : faults.join("; ")
    throw new EnvsealError("IDENTITY_MALFORMED", what, {
      hint: "an identity file has a line AGE-SECRET-KEY-1…; make one with envseal keygen --out key.txt",
    })
  }
  return { identities, faults }
}

/** More say nothing that the first few do not. */
const maxToldFaults = 3

function noneIn(name: string, lines: number): string {
  return lines === 0 ? `${name} has no identity` : `${name} has no identity in its ${lines} lines`
}

/** The public half of an identity. Not kept with it, because opening needs it only to explain a failure. */
export async function recipientOf({ key }: Identity): Promise<string> {
  const { identityToRecipient } = await import("age-encryption")
  return identityToRecipient(key.reveal())
}

function faultOf(entry: string): string {
  if (/^age1/.test(entry)) return "is a recipient, not an identity"
  if (/^AGE-PLUGIN-/.test(entry)) return "is an identity of an age plugin, which envseal does not run"
  if (/^AGE-SECRET-KEY-/i.test(entry)) return "is a damaged identity"
  return "is not an identity"
}

/** A new identity from the system's random source. */
export async function generateIdentity(options: { readonly postQuantum: boolean }): Promise<Identity> {
  const { generateHybridIdentity, generateX25519Identity } = await import("age-encryption")
  const text = await (options.postQuantum ? generateHybridIdentity() : generateX25519Identity())
  return { key: new Secret(text), where: "a new identity" }
}
