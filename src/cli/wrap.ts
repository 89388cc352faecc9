export interface WrapOptions {
  /** Of the terminal; infinite where there is none. More than the indent has. */
  readonly columns: number
  /** Before each line but the first; by default two columns deeper than the line itself. */
  readonly indent?: string
  /**
   * Whether a word is broken that is longer than a line. By default it stays whole: the terminal breaks it, and gives
   * it back whole to the person who copies it. But what is drawn again and again must know how many rows it has.
   */
  readonly breakWords?: boolean
}

/** A line as lines of at most so many columns, broken between words; all but the first are indented. */
export function wrap(line: string, { columns, indent, breakWords = false }: WrapOptions): readonly string[] {
  const before = indent ?? `${leadOf(line)}  `
  const breakOf = breakWords ? breakWithin : breakBetween
  const lines: string[] = []
  let rest = line
  while (rest.length > columns) {
    const at = breakOf(rest, columns, before.length)
    if (at === null) break
    lines.push(rest.slice(0, at).trimEnd())
    rest = `${before}${rest.slice(at).trimStart()}`
  }
  return rest.trim() === "" && lines.length > 0 ? lines : [...lines, rest]
}

function leadOf(line: string): string {
  return /^ */.exec(line)?.[0] ?? ""
}

/** Where to break: before the word that does not fit, or after it when no line could hold it. */
function breakBetween(line: string, columns: number, indent: number): number | null {
  const lead = leadOf(line).length
  const space = line.lastIndexOf(" ", columns)
  const word = line.slice(space + 1).split(" ", 1)[0] ?? ""
  if (space > lead && word.length <= columns - indent) return space
  const end = line.indexOf(" ", Math.max(space + 1, lead + 1))
  return end < 0 || line.slice(end).trim() === "" ? null : end
}

/** Before the word that does not fit, or within it when it begins the line. */
function breakWithin(line: string, columns: number): number {
  const lead = leadOf(line).length
  const space = line.lastIndexOf(" ", columns)
  return space > lead ? space : Math.max(columns, lead + 1)
}
