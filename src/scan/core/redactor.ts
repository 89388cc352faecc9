import type { Pattern } from "./matcher.ts"
import type { Encoding } from "./spelling.ts"
import type { Sweep } from "./sweep.ts"

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
  readonly #sweep: Sweep
  readonly #unshown: readonly Hidden[]

  /**
   * @param patterns what the sweep looks for as it is, in its order.
   * @param unshown values that are not looked for in files.
   */
  constructor(patterns: readonly RedactedPattern[], sweep: Sweep, unshown: readonly Uint8Array[]) {
    this.#patterns = patterns
    this.#sweep = sweep
    this.#unshown = unshown.map((bytes) => ({ bytes, margin: 0 }))
  }

  /** For paths, in which a short value says nothing. */
  show(text: string): string {
    return this.#cut(
      text,
      this.#unshown.filter(({ bytes }) => bytes.length >= minPathBytes),
    )
  }

  /** For command lines, in which a short value stands beside its name. */
  showStrictly(text: string): string {
    return this.#cut(text, this.#unshown)
  }

  #cut(text: string, unshown: readonly Hidden[]): string {
    const all = Buffer.from(text)
    const found = new Set<number>()
    const starts = this.#sweep.starts(all, found)
    for (const { bytes, margin } of [...this.#hidden(found), ...unshown]) {
      const start = all.indexOf(bytes)
      if (start >= 0) starts.push(Math.max(0, start - margin))
    }
    if (starts.length === 0) return text
    const before = all.subarray(0, Math.min(...starts)).toString()
    return `${/^.*[/.[\s]/s.exec(before)?.[0] ?? ""}…`
  }

  /** What was found as it is. */
  #hidden(found: ReadonlySet<number>): Hidden[] {
    return this.#patterns.flatMap(({ bytes, encoding = "raw" }, at) =>
      found.has(at) ? [{ bytes, margin: encoding.includes("base64") ? base64Margin : 0 }] : [],
    )
  }
}
