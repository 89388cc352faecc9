import { printable } from "../../core/text.ts"

const maxQuoteLength = 400

/** Access key ids, signatures, and tokens of the forms that AWS gives out. */
const patterns = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\b[0-9a-f]{64}\b/g,
  /\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/g,
  // Not the last part of an ARN: a role's name and its session's have 64 characters each.
  /(?<![A-Za-z0-9+/=_%-])(?!(?:assumed-role|role|user|key|alias)\/)[A-Za-z0-9+/=_%-]{100,}/g,
]

/** Quotes what a remote said, without any credential: those that are known, and what looks like one. */
export class Redactor {
  readonly #known = new Set<string>()

  /** Remembers a text that is never to be quoted. */
  add(secret: string | undefined): void {
    const text = secret?.trim()
    if (text) this.#known.add(text)
  }

  quote(text: string): string {
    let clean = text
    for (const secret of this.#known) clean = clean.replaceAll(secret, "***")
    for (const pattern of patterns) clean = clean.replace(pattern, "***")
    return printable(clean.replace(/\s+/g, " ").trim(), maxQuoteLength)
  }
}
