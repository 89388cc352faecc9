import type { Found } from "./finding.ts"
import { Matcher, type Pattern, type Search } from "./matcher.ts"
import type { Needle } from "./needle.ts"
import { TextRedactor } from "./redactor.ts"
import type { Encoding } from "./spelling.ts"

const bech32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

/** Whole age identities (C2SP age.md): programs that know age hold the prefixes alone. */
const identities: readonly Pattern[] = ["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"].map((prefix) => ({
  bytes: Buffer.from(prefix),
  followedBy: { alphabet: bech32, count: 58 },
}))

/** All that is looked for at once: the needles, and age identities. */
export class SearchSet {
  /** Hides what is looked for in texts that are shown. */
  readonly redactor: TextRedactor
  readonly #needles: readonly Needle[]
  readonly #matcher: Matcher

  constructor(needles: readonly Needle[], unshown: readonly Uint8Array[]) {
    const patterns = [...needles, ...identities]
    this.#needles = needles
    this.#matcher = new Matcher(patterns)
    this.redactor = new TextRedactor(patterns, this.#matcher, unshown)
  }

  search(): Search {
    return this.#matcher.search()
  }

  lookAt(bytes: Uint8Array): Found[] {
    const search = this.#matcher.search()
    search.write(bytes)
    return this.describe(search.found)
  }

  /** Each name once, with all encodings of it, in the order of the secret. */
  describe(found: ReadonlySet<number>): Found[] {
    if (found.size === 0) return []
    const encodings = new Map<string, Set<Encoding>>()
    let identity = false
    for (const at of [...found].sort((a, b) => a - b)) {
      const needle = this.#needles[at]
      if (needle === undefined) identity = true
      else encodings.set(needle.name, (encodings.get(needle.name) ?? new Set()).add(needle.encoding))
    }
    const values = [...encodings].map(
      ([name, all]): Found => ({ type: "value", name, encodings: withoutParts([...all]) }),
    )
    return identity ? [...values, { type: "exposure", what: "an age identity" }] : values
  }
}

/** Where the whole value is, its parts say nothing more. */
function withoutParts(encodings: readonly Encoding[]): readonly Encoding[] {
  const whole = encodings.filter((one) => !/^(?:a part|wrapped)/.test(one))
  return whole.length > 0 ? whole : encodings
}
