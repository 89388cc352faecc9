import type { Found } from "./finding.ts"
import { Matcher, type Pattern } from "./matcher.ts"
import type { Needle, Needles } from "./needle.ts"
import { Reading } from "./reading.ts"
import { TextRedactor } from "./redactor.ts"
import type { Encoding } from "./spelling.ts"
import { Sweep } from "./sweep.ts"
import { Triples } from "./triple.ts"

const bech32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

/** Whole age identities (C2SP age.md): programs that know age hold the prefixes alone. */
const identities: readonly Pattern[] = ["AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"].map((prefix) => ({
  bytes: Buffer.from(prefix),
  followedBy: { alphabet: bech32, count: 58 },
}))

/** One stream of bytes that is looked through. */
export interface ValueSearch {
  /** What was found so far, by numbers that {@link SearchSet.describe} knows. */
  readonly found: ReadonlySet<number>
  /** @param chunk may be used again afterwards. */
  write(chunk: Uint8Array): void
}

/** All that is looked for at once: the needles, as they are and decoded, and age identities. */
export class SearchSet {
  /** Hides what is looked for in texts that are shown. */
  readonly redactor: TextRedactor
  /** All needles; `null` for what is none. */
  readonly #needles: readonly (Needle | null)[]
  /** How many of them are looked for in the bytes as they are. */
  readonly #exact: number
  readonly #sweep: Sweep

  constructor({ needles, decoded, unshown }: Needles) {
    const patterns = [...needles, ...identities]
    this.#exact = patterns.length
    const triples = new Triples(decoded.flatMap(({ texts }) => texts))
    const all: (Needle | null)[] = [...needles, ...identities.map(() => null)]
    const readings: Reading[] = []
    for (const { decoder, needles: own, texts } of decoded) {
      if (own.length > 0) readings.push(new Reading({ decoder, patterns: own, texts }, triples, all.length))
      all.push(...own)
    }
    this.#needles = all
    this.#sweep = new Sweep(new Matcher(patterns), readings, triples)
    this.redactor = new TextRedactor(patterns, this.#sweep, unshown)
  }

  /** @param found where finds are put; streams may share it. */
  search(found = new Set<number>()): ValueSearch {
    const { write } = this.#sweep.search(found)
    return { found, write }
  }

  lookAt(bytes: Uint8Array): Found[] {
    const found = new Set<number>()
    this.#sweep.look(bytes, found)
    return this.describe(found)
  }

  /** Each name once, with all encodings of it, in the order of the secret. */
  describe(found: ReadonlySet<number>): Found[] {
    if (found.size === 0) return []
    const exact = new Map<string, Set<Encoding>>()
    const decoded = new Map<string, Set<Encoding>>()
    let identity = false
    for (const at of [...found].sort((a, b) => a - b)) {
      const needle = this.#needles[at] ?? null
      const encodings = at < this.#exact ? exact : decoded
      if (needle === null) identity = true
      else encodings.set(needle.name, (encodings.get(needle.name) ?? new Set()).add(needle.encoding))
    }
    const names = new Set([...exact.keys(), ...decoded.keys()])
    const values = [...names].map(
      (name): Found => ({
        type: "value",
        name,
        encodings: telling([...(exact.get(name) ?? [])], [...(decoded.get(name) ?? [])]),
      }),
    )
    return identity ? [...values, { type: "exposure", what: "an age identity" }] : values
  }
}

/** Where the whole value stands as it is, what is decoded says nothing more; and its parts never do. */
function telling(exact: readonly Encoding[], decoded: readonly Encoding[]): readonly Encoding[] {
  const whole = [exact, decoded, [...exact, ...decoded]]
    .map((encodings) => encodings.filter((one) => !one.startsWith("a part")))
    .find((encodings) => encodings.length > 0)
  return whole ?? [...new Set([...exact, ...decoded])]
}
