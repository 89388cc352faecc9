import { readShell, type ShellWord } from "./shell-words.ts"

/** What a shell is given for all its arguments. */
const allArguments = /^\$(?:@|\*|\{[@*]\})$/

/** Commands whose words are names of other things, and start nothing. */
const talkers = new Set(
  "[ addgroup adduser apk apt-get cat chgrp chmod chown command cp echo find getent grep hash kill killall ln ls mkdir mv pgrep pidof pkill printf rm sed stat test touch type useradd usermod which".split(
    " ",
  ),
)

/** What may stand before a command. */
const keywords = new Set("if then else elif do while until ! { time".split(" "))

/** What ends more than one command. */
const ends = new Set("fi done esac } exit".split(" "))

/**
 * The words of a script that is nothing but one command, such as `exec php-fpm`, or `exec "$@"` after settings of the
 * shell.
 *
 * @param args what `"$@"` stands for.
 * @returns `null` for any other script.
 */
export function simpleCommand(text: string, args: readonly string[]): readonly string[] | null {
  const { commands, isPlain } = readShell(text)
  const [words, ...more] = commands.filter((command) => !isSetting(command))
  if (!isPlain || words === undefined || more.length > 0) return null
  const last = words.at(-1)
  if (last !== undefined && allArguments.test(last.text)) {
    const own = words.slice(0, -1)
    return args.length > 0 && own.every(isPlainWord) ? [...own.map(textOf), ...args] : null
  }
  return words.every(isPlainWord) ? words.map(textOf) : null
}

/** What a script starts, as far as its text tells, with `"$@"` as what it stands for. */
export interface ScriptCommands {
  /** The commands that begin with one of the names, that take the place of the shell, and the last one. */
  readonly commands: readonly (readonly string[])[]
  /** What one of the names begins inside of any other command. */
  readonly guesses: readonly (readonly string[])[]
  /** Whether a command has `"$@"` among its words. */
  readonly passesArguments: boolean
}

/** @param names of programs, without a folder or a version. */
export function scriptCommands(
  text: string,
  names: readonly string[],
  args: readonly string[],
): ScriptCommands {
  const pattern = new RegExp(
    `^(?:[\\w./-]*/s?bin/)?(?:${names.map((one) => one.replaceAll("-", "\\-")).join("|")})[\\d.]*$`,
  )
  const all = readShell(text).commands
  const last = all.findLast(([first]) => first !== undefined && !ends.has(first.text))
  const commands: (readonly string[])[] = []
  const guesses: (readonly string[])[] = []
  const expanded = (words: readonly ShellWord[]) =>
    words.flatMap((word) => (allArguments.test(word.text) ? args : [word.text]))
  for (const command of all) {
    const words = withoutPrefix(command)
    if (isTalk(words)) continue
    const at = words.findIndex((word) => pattern.test(word.text))
    if (at === 0 || command === last) commands.push(expanded(words))
    if (at > 0) guesses.push(expanded(words.slice(at)))
  }
  const passesArguments = all.some((words) => words.some((word) => allArguments.test(word.text)))
  return { commands, guesses, passesArguments }
}

/** A command without the keywords and the settings of variables before it. */
function withoutPrefix(command: readonly ShellWord[]): readonly ShellWord[] {
  const at = command.findIndex(({ text }) => !keywords.has(text) && !/^\w+=/.test(text))
  return at < 0 ? [] : command.slice(at)
}

/** The words of a text as `env -S` takes them apart; none where it is more than words. */
export function splitWords(text: string): readonly string[] {
  const { commands, isPlain } = readShell(text)
  const [words = [], ...more] = commands
  return isPlain && more.length === 0 ? words.map(textOf) : []
}

/** `set -eu`, `set -o pipefail`. */
function isSetting([first, option, ...more]: readonly ShellWord[]): boolean {
  if (first?.text !== "set" || option === undefined || !/^[-+]\w+$/.test(option.text)) return false
  return more.every(({ text }) => /^[-+]?\w+$/.test(text))
}

function isTalk([first]: readonly ShellWord[]): boolean {
  return first !== undefined && talkers.has(first.text)
}

function isPlainWord({ isPlain }: ShellWord): boolean {
  return isPlain
}

function textOf({ text }: ShellWord): string {
  return text
}
