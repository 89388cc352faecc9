/** What only a shell understands. A text without it is one command with its words. */
const shellSyntax = /[;&|<>()`$\\*?[\]{}~\n#!]/

const quoted = /"((?:\\.|[^"\\])*)"|'([^']*)'/gs
/** What is set to a text in quotes, which no command is looked for in: `NAME="a text"`. */
const quotedAssignment =
  /(?<=^|[\s;&|(])\w+=[^\s"';&|()]*(?:"(?:\\.|[^"\\])*"|'[^']*')(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"';&|()])*/gs

/**
 * The words of a script that is nothing but one command, such as `exec php-fpm`, or `exec "$@"` after settings of the
 * shell.
 *
 * @param args what `"$@"` stands for.
 * @returns `null` for any other script.
 */
export function simpleCommand(text: string, args: readonly string[]): readonly string[] | null {
  const lines = linesOf(text).filter((line) => !/^set\s+[-+]\w+$/.test(line))
  const [line, ...more] = lines
  if (line === undefined || more.length > 0) return null
  if (isCutOff(line)) return null
  const words = wordsOf(line)
  if (words.length === 0) return null
  const last = words.at(-1)
  if (last === "$@") {
    const own = words.slice(0, -1)
    return args.length > 0 && own.every(isPlainWord) ? [...own, ...args] : null
  }
  return words.every(isPlainWord) ? words : null
}

/** The commands of a script that begin with one of these names, each with its words up to the end of the command. */
export function shellCommands(text: string, names: readonly string[]): readonly (readonly string[])[] {
  const name = names.map((one) => one.replaceAll("-", "\\-")).join("|")
  const pattern = new RegExp(
    `(?:^|[\\s;&|(])((?:[\\w./-]*/s?bin/)?(?:${name})[\\d.]*(?:[ \\t][^\\n;&|)]*)?)(?=[\\n;&|)]|$)`,
    "g",
  )
  const lines = linesOf(text).join("\n").replace(quotedAssignment, "")
  return [...lines.matchAll(pattern)].map(([, command = ""]) => wordsOf(command))
}

/** Lines that do something, joined where a backslash says so. */
function linesOf(text: string): string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
}

/** Words, with the quotes taken off. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\S)+/gs) ?? []
  return words.map((word) =>
    word.replace(quoted, (_, double?: string, single?: string) => double ?? single ?? ""),
  )
}

/** Whether a quote has no end: the words are not what they seem. */
function isCutOff(line: string): boolean {
  return /["']/.test(line.replace(quoted, ""))
}

/** The words of a text as `env -S` takes them apart; none where a quote has no end. */
export function splitWords(text: string): readonly string[] {
  return isCutOff(text) ? [] : wordsOf(text)
}

function isPlainWord(word: string): boolean {
  return !shellSyntax.test(word)
}
