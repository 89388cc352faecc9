/** @returns the text with the new name where the old one stood; `null` when it did not stand there. */
export type Rename = (text: string) => string | null

/**
 * Puts one environment's name in the place of another one's, where that stands as a word of its own: `shop/staging`
 * and `shop-staging-pod` have it, `outstaging` has not.
 */
export function renamer(from: string, to: string): Rename {
  const escaped = from.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
  const word = new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, "g")
  return (text) => {
    const renamed = text.replace(word, () => to)
    return renamed === text ? null : renamed
  }
}

/** The same in every text within, names of members excepted. */
export function renameWithin<T>(value: T, rename: Rename): T {
  return within(value, rename) as T
}

function within(value: unknown, rename: Rename): unknown {
  if (typeof value === "string") return rename(value) ?? value
  if (Array.isArray(value)) return value.map((item: unknown) => within(item, rename))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, within(inner, rename)]))
}
