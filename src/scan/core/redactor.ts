import type { Matcher, Pattern } from "./matcher.ts"
import type { Readings } from "./reading-search.ts"
import type { Encoding } from "./spelling.ts"

/** A pattern, and as what it was made. */
export interface RedactedPattern extends Pattern {
  readonly encoding?: Encoding
}

/** Before base64, as many characters as may still belong to the value. */
const base64Margin = 2

/** Values that are not looked for are hidden in paths from this length on: app names and users are shorter. */
const minPathBytes = 8

interface Hidden {
  readonly bytes: Uint8Array
  readonly margin: number
}

/** Shows texts of an image up to the place where a value stands in them. */
export class TextRedactor {
  readonly #patterns: readonly RedactedPattern[]
  readonly #matcher: Matcher
  readonly #readings: Readings
  readonly #unshown: readonly Hidden[]

  /**
   * @param matcher one for `patterns`.
   * @param readings what is looked for decoded.
   * @param unshown values that are not looked for in files.
   */
  constructor(
    patterns: readonly RedactedPattern[],
    matcher: Matcher,
    readings: Readings,
    unshown: readonly Uint8Array[],
  ) {
    this.#patterns = patterns
    this.#matcher = matcher
    this.#readings = readings
    this.#unshown = unshown.map((bytes) => ({ bytes, margin: 0 }))
  }

  /** For paths, in which a short value says nothing. */
  show(text: string): string {
    const unshown = this.#unshown.filter(({ bytes }) => bytes.length >= minPathBytes)
    return this.#cut(text, [...this.#found(text), ...unshown])
  }

  /** For command lines, in which a short value stands beside its name. */
  showStrictly(text: string): string {
    return this.#cut(text, [...this.#found(text), ...this.#unshown])
  }

  #found(text: string): Hidden[] {
    const search = this.#matcher.search()
    search.write(Buffer.from(text))
    return [...search.found].flatMap((at) => {
      const { bytes, encoding = "raw" } = this.#patterns[at] ?? { bytes: new Uint8Array() }
      return { bytes, margin: encoding.includes("base64") ? base64Margin : 0 }
    })
  }

  #cut(text: string, hidden: readonly Hidden[]): string {
    const all = Buffer.from(text)
    const starts = hidden.flatMap(({ bytes, margin }) => {
      const start = all.indexOf(bytes)
      return start < 0 ? [] : [Math.max(0, start - margin)]
    })
    starts.push(...this.#readings.starts(all))
    if (starts.length === 0) return text
    const before = all.subarray(0, Math.min(...starts)).toString()
    return `${/^.*[/.[\s]/s.exec(before)?.[0] ?? ""}…`
  }
}
