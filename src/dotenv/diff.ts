import type { Secret } from "../core/secret.ts"

/** Safe to print: no field here can hold a value. */
export interface Difference {
  readonly name: string
  readonly change: "added" | "removed" | "changed"
}

/** What it takes to get from `before` to `after`, sorted by name. Empty when both hold the same. */
export function diffEntries(
  before: ReadonlyMap<string, Secret>,
  after: ReadonlyMap<string, Secret>,
): Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((name): Difference[] => {
    const old = before.get(name)
    const now = after.get(name)
    if (old === undefined) return [{ name, change: "added" }]
    if (now === undefined) return [{ name, change: "removed" }]
    return old.equals(now) ? [] : [{ name, change: "changed" }]
  })
}
