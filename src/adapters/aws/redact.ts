import { printable } from "../../core/text.ts"

const maxQuoteLength = 400

/** Access key ids, signatures, and tokens of the forms that AWS gives out. */
const patterns = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  // Not the digest of an image or a layer, as registries write it.
  /(?<!\bsha256:)\b[0-9a-f]{64}\b/g,
  /\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/g,
  // Not the last part of an ARN: a role's name and its session's have 64 characters each.
  /(?<![A-Za-z0-9+/=_%-])(?!(?:assumed-role|role|user|key|alias)\/)[A-Za-z0-9+/=_%-]{100,}/g,
]

/** So long a text does not stand in another one by chance. */
const longLength = 16

/** Quotes what a remote said, without any credential: those that are known, and what looks like one. */
export class Redactor {
  readonly #known = new Set<string>()
  #values: readonly RegExp[] = []

  /** Remembers a text that is never to be quoted. */
  add(secret: string | undefined): void {
    const text = secret?.trim()
    if (text) this.#known.add(text)
  }

  /**
   * One that does not quote these values of a request either. They can be any text: one as short as `eu` is told
   * apart from a part of a word, an ARN or a Region by what stands beside it.
   */
  hiding(values: readonly string[]): Redactor {
    const spellings = new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))
    const longestFirst = [...spellings].filter(Boolean).sort((one, other) => other.length - one.length)
    const redactor = new Redactor()
    for (const secret of this.#known) redactor.add(secret)
    redactor.#values = longestFirst.map(patternOf)
    return redactor
  }

  quote(text: string): string {
    let clean = text
    for (const value of this.#values) clean = clean.replace(value, "***")
    for (const secret of this.#known) clean = clean.replaceAll(secret, "***")
    for (const pattern of patterns) clean = clean.replace(pattern, "***")
    return printable(clean.replace(/\s+/g, " ").trim(), maxQuoteLength)
  }
}

function patternOf(value: string): RegExp {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
  return value.length < longLength
    ? new RegExp(`(?<![\\w:/.-])${escaped}(?![\\w:/-])`, "g")
    : new RegExp(escaped, "g")
}
