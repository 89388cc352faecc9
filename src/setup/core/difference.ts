import { createTwoFilesPatch } from "diff"
import { printable } from "../../core/text.ts"

const maxColumns = 500

/**
 * What would change in a file, as `diff -u` writes it, safe for a terminal.
 *
 * @returns lines.
 */
export function differenceOf(path: string, before: string, after: string): readonly string[] {
  const patch = createTwoFilesPatch(path, `${path} of envseal`, before, after, undefined, undefined, {
    context: 3,
  })
  const lines = patch.trimEnd().split("\n")
  return lines
    .filter((line) => !/^=+$/.test(line))
    .map((line) => printable(line.replace(/\t/g, "  "), maxColumns))
}
