import type { JsonObject } from "../core/json-object.ts"
import { jsonExcess } from "../core/json-weight.ts"

/**
 * Why a text must not be taken for what it was parsed to, or `null`. Of a name that stands twice, this parser takes the
 * last value, and that of container runtimes mixes both: what is written again would start something else.
 *
 * @param json what the text was parsed to.
 */
export function ambiguity(text: string, json: JsonObject): string | null {
  const excess = jsonExcess(text)
  if (excess !== null) return excess
  const written = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").match(/:/g)?.length ?? 0
  return written === namesIn(json) ? null : "names something twice"
}

function namesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, inner) => sum + namesIn(inner), own)
}
