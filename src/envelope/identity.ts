import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption"
import { EnvsealError } from "../core/error.ts"
import { Secret } from "../core/secret.ts"

/** A private key that opens what was sealed for its recipient. */
export interface Identity {
  readonly key: Secret
  readonly recipient: string
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
export async function parseIdentities(text: string, name: string): Promise<IdentityFile> {
  const identities: Identity[] = []
  const faults: string[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim()
    if (entry === "" || entry.startsWith("#")) continue
    const where = `${name}:${at + 1}`
    const recipient = await recipientOf(entry)
    if (recipient === null) faults.push(`${where} ${faultOf(entry)}`)
    else identities.push({ key: new Secret(entry), recipient, where })
  }
  if (identities.length === 0) {
    const what = faults.length === 0 ? `${name} has no identity` : faults.join("; ")
    throw new EnvsealError("IDENTITY_MALFORMED", what, {
      hint: "an identity file has a line AGE-SECRET-KEY-1…; make one with envseal keygen --out key.txt",
    })
  }
  return { identities, faults }
}

/** @returns `null` for what is no identity. The library's messages quote the key, so they are dropped. */
async function recipientOf(entry: string): Promise<string | null> {
  if (!/^AGE-SECRET-KEY-(PQ-)?1/.test(entry)) return null
  try {
    return await identityToRecipient(entry)
  } catch {
    return null
  }
}

function faultOf(entry: string): string {
  if (/^age1/.test(entry)) return "is a recipient, not an identity"
  if (/^AGE-PLUGIN-/.test(entry)) return "is an identity of an age plugin, which envseal does not run"
  if (/^AGE-SECRET-KEY-/i.test(entry)) return "is a damaged identity"
  return "is not an identity"
}

/** A new identity from the system's random source. */
export async function generateIdentity(options: { readonly postQuantum: boolean }): Promise<Identity> {
  const text = await (options.postQuantum ? generateHybridIdentity() : generateX25519Identity())
  return { key: new Secret(text), recipient: await identityToRecipient(text), where: "a new identity" }
}
