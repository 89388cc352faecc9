/**
 * A line as lines of at most so many columns, broken between words; all but the first are indented. A word that is
 * longer than that stays whole: the terminal breaks it, and gives it back whole to the person who copies it.
 *
 * @param indent before each line but the first; by default two columns deeper than the line itself.
 */
export function wrap(line: string, columns: number, indent = `${leadOf(line)}  `): readonly string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > columns) {
    const at = breakOf(rest, columns, indent.length)
    if (at === null) break
    lines.push(rest.slice(0, at).trimEnd())
    rest = `${indent}${rest.slice(at).trimStart()}`
  }
  return [...lines, rest]
}

function leadOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? ""
}

/** Where to break: before the word that does not fit, or after it when no line could hold it. */
function breakOf(line: string, columns: number, indent: number): number | null {
  const lead = leadOf(line).length
  const space = line.lastIndexOf(" ", columns)
  const word = line.slice(space + 1).split(" ", 1)[0] ?? ""
  if (space > lead && word.length <= columns - indent) return space
  const end = line.indexOf(" ", Math.max(space + 1, lead + 1))
  return end < 0 || line.slice(end).trim() === "" ? null : end
}
