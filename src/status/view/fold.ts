/**
 * A text in lines of at most `width` characters, broken at blanks where that is possible (as `fold -s` does), and within
 * words where not: what is drawn again must know how many rows it has.
 *
 * @param width at least 1; infinite for one line.
 */
export function fold(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const blank = rest.lastIndexOf(" ", width)
    const end = blank > 0 ? blank : width
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return rest === "" ? lines : [...lines, rest]
}
