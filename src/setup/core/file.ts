import { createTwoFilesPatch } from "diff"
import { printable } from "../../core/text.ts"

/** A file that is to be written, and has not been yet. */
export interface NewFile {
  /** From the top of the repository, with `/`. */
  readonly path: string
  /** Ends with a line feed. */
  readonly text: string
  /** Whether it is a program, which the file's mode says. */
  readonly executable: boolean
  /** The path of another file that it is for: beside somebody else's, it is not put into its place, where it would count. */
  readonly onlyWith?: string
  /** Whether it has every line of a file that is there, and lines at its end besides. */
  readonly onlyAdds?: boolean
}

const maxColumns = 500

/**
 * What would change in a file, as `diff -u` writes it, safe for a terminal.
 *
 * @param name what the text after it is called.
 * @returns lines.
 */
export function differenceOf(
  path: string,
  before: string,
  after: string,
  name = `${path} of envseal`,
): readonly string[] {
  const patch = createTwoFilesPatch(path, name, before, after, undefined, undefined, { context: 3 })
  const lines = patch.trimEnd().split("\n")
  return lines
    .filter((line) => !/^=+$/.test(line))
    .map((line) => printable(line.replace(/\t/g, "  "), maxColumns))
}

/** Something that is left to do. */
export interface NextStep {
  readonly what: string
  /** Commands to paste; none for what is done in an editor. */
  readonly commands: readonly string[]
}
