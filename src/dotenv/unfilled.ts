import type { Problem } from "../core/error.ts"
import type { Entry } from "./entry.ts"

/** Fewer names say nothing of whether a template was filled in, unless they are those that are required. */
const minNames = 3

/**
 * A problem for each name of a secret that nobody has filled in: every value is empty.
 *
 * @param wanted names that the secret must have; none where nothing is required.
 */
export function unfilledProblems(entries: readonly Entry[], wanted: ReadonlySet<string>): Problem[] {
  const isWanted = wanted.size > 0 && entries.every(({ name }) => wanted.has(name))
  if (entries.length < minNames && !(isWanted && entries.length > 0)) return []
  if (entries.some(({ value }) => value.reveal() !== "")) return []
  const reason = "is empty, as every other value is: nobody filled in the secret"
  return entries.map(({ name }) => ({ code: "UNFILLED_VALUE", name, reason }))
}
