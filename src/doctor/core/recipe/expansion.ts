/** Stands in a text for what cannot be known before the build. */
export const unknownPart = "\0"

/** What a variable holds; `null` for one that is not known to the recipe. */
export type VariableLookup = (name: string) => string | null

const reference =
  /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\$\{(\w+)(?:(:?[-+])([^}]*)|([^}]+))?\}|\$(\w+)/g

/**
 * A word of a Dockerfile with its quotes taken off and its variables replaced, with {@link unknownPart} for those that
 * are not known (Dockerfile reference, "Environment replacement").
 */
export function expandWord(word: string, lookup: VariableLookup): string {
  return word.replace(reference, (whole, escaped, single, double, name, operator, fallback, other, bare) => {
    if (escaped !== undefined) return escaped
    if (single !== undefined) return single
    if (double !== undefined) return expandWord(double.replaceAll("'", "\\'"), lookup)
    if (other !== undefined) return unknownPart
    const value = lookup(bare ?? name ?? "")
    if (operator === undefined) return value ?? unknownPart
    return alternative(value, operator, expandWord(fallback ?? "", lookup)) ?? whole
  })
}

function alternative(value: string | null, operator: string, fallback: string): string {
  const isSet = value !== null && !(operator.startsWith(":") && value === "")
  if (operator.endsWith("+")) return isSet ? fallback : ""
  return isSet ? value : fallback
}

/** The words of a line, with quotes and variables as they are written. */
export function rawWords(text: string): readonly string[] {
  return text.match(/(?:\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|[^\s\\'"]|["'])+/g) ?? []
}

/** The pairs of `ENV`, `ARG` and `LABEL`, as written; a value is `null` where none is given. */
export function rawPairs(rest: string): readonly (readonly [name: string, value: string | null])[] {
  const words = rawWords(rest)
  const [first = ""] = words
  if (words.length > 1 && !first.includes("="))
    return [[first, rest.slice(rest.indexOf(first) + first.length).trim()]]
  return words.map((word) => {
    const at = word.indexOf("=")
    return at < 0 ? [word, null] : [unquoted(word.slice(0, at)), word.slice(at + 1)]
  })
}

function unquoted(name: string): string {
  return name.replace(/^(["'])(.*)\1$/, "$2")
}
