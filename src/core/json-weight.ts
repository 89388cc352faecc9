/** JSON of more levels or values than this costs more memory than what it is read for is worth. */
const maxDepth = 100
const maxValues = 50_000

/**
 * What makes a JSON text costly to parse, or `null`: parsers take hundreds of bytes for each value and a frame for each
 * level. Looks at brackets and commas alone, in one pass, and says nothing of whether the text is JSON.
 */
export function jsonExcess(text: string): string | null {
  let depth = 0
  let values = 1
  const marks = /["[\]{},]/g
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found
    if (mark === '"') marks.lastIndex = endOfString(text, marks.lastIndex)
    else if (mark === "]" || mark === "}") depth--
    else values++
    if ((mark === "[" || mark === "{") && ++depth > maxDepth) return "is nested too deeply"
    if (values > maxValues) return `has more than ${maxValues} values`
  }
  return null
}

/** Behind the quote that ends a string; the end of the text when none does. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at
    while (before > from && text.charAt(before - 1) === "\\") before--
    if ((at - before) % 2 === 0) return at + 1
  }
  return text.length
}
