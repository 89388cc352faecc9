/**
 * A text of the example with other names in it. All are replaced in one pass, the longest first, so that no name
 * that was put in is taken for one of the example's.
 *
 * @param names what stands in the example, with as much around it as tells it from prose, and what takes its place.
 * @throws Error for a name that the text does not have: the example was changed without its names here.
 */
export function replaceNames(text: string, names: Readonly<Record<string, string>>): string {
  const longestFirst = Object.keys(names).sort((one, other) => other.length - one.length)
  const missing = new Set(longestFirst)
  const pattern = new RegExp(longestFirst.map(literal).join("|"), "g")
  const replaced = text.replace(pattern, (name) => {
    missing.delete(name)
    return names[name] ?? name
  })
  const [first] = missing
  if (first !== undefined) throw new Error(`the example has no ${JSON.stringify(first)}`)
  return replaced
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
}
