import type { Secret } from "../../core/secret.ts"
import { diffEntries } from "../../dotenv/diff.ts"

type Values = ReadonlyMap<string, Secret>

/** What two people did to the same version. */
export interface Overlap {
  /** Names that both changed, to whatever. */
  readonly both: readonly string[]
  /** Names that the other one changed. */
  readonly theirs: readonly string[]
}

export function overlapOf(base: Values, mine: Values, theirs: Values): Overlap {
  const changed = diffEntries(base, theirs).map(({ name }) => name)
  const own = new Set(diffEntries(base, mine).map(({ name }) => name))
  return { both: changed.filter((name) => own.has(name)), theirs: changed }
}

/**
 * Names whose change is gone: what was made from `base` changed them, and what came after it has them as they were
 * before. A console that was open all the time does that.
 */
export function undoneNames(base: Values, made: Values, now: Values): readonly string[] {
  const gone = new Set(diffEntries(base, now).map(({ name }) => name))
  return diffEntries(base, made)
    .map(({ name }) => name)
    .filter((name) => !gone.has(name))
}
