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

/** What a script starts, as far as its text tells. */
export interface ScriptCommands {
  /** The commands that begin with one of the names, with `"$@"` as what it stands for. */
  readonly found: readonly (readonly string[])[]
  /** Whether `"$@"` stands in any other command. */
  readonly passesArguments: boolean
}

/** Looks for commands that begin with one of these names, each with its words up to the end of the command. */
export function scriptCommands(
  text: string,
  names: readonly string[],
  args: readonly string[],
): ScriptCommands {
  const pattern = new RegExp(
    `^(?:[\\w./-]*/s?bin/)?(?:${names.map((one) => one.replaceAll("-", "\\-")).join("|")})[\\d.]*$`,
  )
  const found: (readonly string[])[] = []
  let passesArguments = false
  for (const command of readShell(text).commands) {
    const at = isTalk(command) ? -1 : command.findIndex((word) => pattern.test(word.text))
    if (at >= 0) {
      found.push(command.slice(at).flatMap((word) => (allArguments.test(word.text) ? args : [word.text])))
    } else if (command.some((word) => allArguments.test(word.text))) passesArguments = true
  }
  return { found, passesArguments }
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

function isTalk(command: readonly ShellWord[]): boolean {
  const first = command.find(({ text }) => !keywords.has(text))
  return first !== undefined && talkers.has(first.text)
}

function isPlainWord({ isPlain }: ShellWord): boolean {
  return isPlain
}

function textOf({ text }: ShellWord): string {
  return text
}
