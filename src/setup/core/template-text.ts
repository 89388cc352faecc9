import { parse } from "yaml"

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

const plain = /^[A-Za-z0-9][\w./:@=+-]*$/

/**
 * A text as YAML writes it: bare where every reader takes it for text, or else in double quotes. A name such as
 * `no`, `123` or `1e3` is something else to YAML 1.1, which Kubernetes reads, or to YAML 1.2.
 */
export function yamlScalar(text: string): string {
  return plain.test(text) && isText(text, "1.1") && isText(text, "1.2") ? text : JSON.stringify(text)
}

function isText(text: string, version: "1.1" | "1.2"): boolean {
  try {
    return parse(text, { version }) === text
  } catch {
    return false
  }
}
