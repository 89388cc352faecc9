import { splitWords } from "./shell-text.ts"

/** The variables that a program sets for the one it starts, by name; `null` where it takes one away. */
export type VariableChanges = Readonly<Record<string, string | null>>

/** What a program that starts another one says of it. */
export interface Wrapped {
  /** The command that is started, its name first; empty when none is. */
  readonly words: readonly string[]
  /** Who it runs as, by name or number; `null` where that stays as it is. */
  readonly user: string | null
  /** Whether it starts without the variables that it was given. */
  readonly clears: boolean
  readonly changes: VariableChanges
  /** Text that a shell is to run, in place of words. */
  readonly script: string | null
}

type Unwrap = (args: readonly string[]) => Wrapped

const plain = { user: null, clears: false, changes: {}, script: null }

/** Options that take the word after them, by program. */
const valued: Readonly<Record<string, string>> = {
  chpst: "-b -d -o -p -f -c -m -r -t -l -L -n -/ -e",
  env: "-u --unset -C --chdir -S --split-string",
  ionice: "-c -n -p --class --classdata",
  nice: "-n --adjustment",
  setpriv:
    "--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig --ruid --euid --rgid --egid",
  stdbuf: "-i -o -e --input --output --error",
  sudo: "-g --group -h --host -p --prompt -C -D --chdir -R --chroot -r --role -t --type -T -U",
  timeout: "-s --signal -k --kill-after",
  tini: "-p -e",
}

/** Programs that become what they are given, as the same user and with the same variables. */
const transparent =
  "catatonit chronic command docker-init docker-php-entrypoint dumb-init exec ionice nice nohup setsid stdbuf time tini"

/** Programs that take a user as their first word, and become the rest. */
const userFirst = "gosu su-exec s6-setuidgid setuidgid"

const unwrappers: Readonly<Record<string, Unwrap>> = {
  ...Object.fromEntries(transparent.split(" ").map((name) => [name, (args) => become(name, args)])),
  ...Object.fromEntries(userFirst.split(" ").map((name) => [name, changeUser])),
  timeout: (args) => {
    const { words } = splitOptions("timeout", args)
    return { ...plain, words: words.slice(1) }
  },
  env: (args) => {
    const { options, words } = splitOptions("env", args)
    const clears = options.some(({ name }) => /^(?:-|-\w*i|--ignore-environment)$/.test(name))
    const split = options.flatMap(({ name, value }) => (/^(?:-S|--split-string)$/.test(name) ? [value] : []))
    const command = [...split.flatMap((text) => splitWords(text)), ...words]
    // To env, any word with = before the command is one, whatever the name.
    const { changes: set, words: started } = splitAssignments(command, /=/)
    const unset = options.flatMap(({ name, value }) => (/^(?:-u|--unset)$/.test(name) ? [value] : []))
    const changes = { ...Object.fromEntries(unset.map((name) => [name, null])), ...set }
    return { ...plain, clears, changes, words: started }
  },
  chpst: (args) => {
    const { options, words } = splitOptions("chpst", args, "-u")
    return { ...plain, words, user: userOf(optionValue(options, "-u")) }
  },
  setpriv: (args) => {
    const { options, words } = splitOptions("setpriv", args)
    const user = optionValue(options, "--reuid") ?? optionValue(options, "--euid")
    return { ...plain, words, user, clears: options.some(({ name }) => name === "--reset-env") }
  },
  sudo: (args) => {
    const { options, words } = splitOptions("sudo", args, "-u --user")
    const keeps = options.some(({ name }) => /^(?:-\w*E|--preserve-env)$/.test(name))
    const user = optionValue(options, "-u") ?? optionValue(options, "--user") ?? "root"
    return { ...plain, ...splitAssignments(words), user, clears: !keeps }
  },
  doas: (args) => {
    const { options, words } = splitOptions("doas", args, "-u -C")
    return { ...plain, words, user: optionValue(options, "-u") ?? "root", clears: true }
  },
  su: (args) => login("su", args),
  runuser: (args) => login("runuser", args),
}

/** @returns `null` for a program that is none of these. */
export function unwrap(name: string, args: readonly string[]): Wrapped | null {
  return Object.hasOwn(unwrappers, name) ? (unwrappers[name]?.(args) ?? null) : null
}

/** The programs that start another one as somebody else. */
export const userChangers: readonly string[] = [
  ...userFirst.split(" "),
  "chpst",
  "setpriv",
  "sudo",
  "doas",
  "su",
  "runuser",
]

function become(name: string, args: readonly string[]): Wrapped {
  // The entry point of the official images: an option is one of php.
  if (name === "docker-php-entrypoint" && args[0]?.startsWith("-")) {
    return { ...plain, words: ["php", ...args] }
  }
  return { ...plain, words: splitOptions(name, args).words }
}

function changeUser([user = "", ...words]: readonly string[]): Wrapped {
  return { ...plain, words, user: userOf(user) }
}

/** `su [-] USER -c TEXT`, and `runuser -u USER -- command`. */
function login(name: string, args: readonly string[]): Wrapped {
  const { options, words } = splitOptions(name, args, "-c --command -u --user -s --shell -g -G --group", true)
  const clears = options.some(({ name: option }) => /^(?:-|-l|--login)$/.test(option))
  const script = optionValue(options, "-c") ?? optionValue(options, "--command")
  const named = optionValue(options, "-u") ?? optionValue(options, "--user")
  if (named !== null) return { ...plain, words, user: named, clears }
  const [user = "root"] = words
  return { ...plain, words: [], user, clears, script }
}

/**
 * Takes the words `NAME=value` off a command.
 *
 * @param pattern what such a word is; by default, what it is to a shell.
 * @returns no words where no command follows.
 */
export function splitAssignments(
  words: readonly string[],
  pattern: RegExp = /^\w+=/,
): { readonly changes: VariableChanges; readonly words: readonly string[] } {
  const at = words.findIndex((word) => !pattern.test(word))
  const set = at < 0 ? words : words.slice(0, at)
  const changes = Object.fromEntries(set.map(assignment))
  return { changes, words: at < 0 ? [] : words.slice(at) }
}

function assignment(word: string): readonly [string, string] {
  const at = word.indexOf("=")
  return [word.slice(0, at), word.slice(at + 1)]
}

interface Option {
  readonly name: string
  readonly value: string
}

/**
 * Options, and the words after them.
 *
 * @param more options that take a value here, besides those of the table.
 * @param mixed whether options may also follow a word.
 */
function splitOptions(
  program: string,
  args: readonly string[],
  more = "",
  mixed = false,
): { options: Option[]; words: string[] } {
  const takesValue = new Set([...(valued[program] ?? "").split(" "), ...more.split(" ")])
  const options: Option[] = []
  const words: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ""
    if (word === "--") return { options, words: [...words, ...args.slice(at + 1)] }
    if (!word.startsWith("-")) {
      if (!mixed) return { options, words: args.slice(at) }
      words.push(word)
    } else if (takesValue.has(lastOf(word, takesValue))) {
      at += 1
      options.push({ name: lastOf(word, takesValue), value: args[at] ?? "" })
      if (lastOf(word, takesValue) !== word) options.push({ name: word.slice(0, -1), value: "" })
    } else {
      options.push(joined(word, takesValue))
    }
  }
  return { options, words }
}

/** The option that the next word would belong to: of `-Eu`, it is `-u`. */
function lastOf(word: string, takesValue: ReadonlySet<string>): string {
  const isCluster = /^-\w{2,}$/.test(word) && !takesValue.has(word.slice(0, 2))
  return isCluster ? `-${word.at(-1)}` : word
}

/** `--user=NAME` and `-uNAME`. */
function joined(word: string, takesValue: ReadonlySet<string>): Option {
  const [, long, longValue] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
  if (long !== undefined) return { name: long, value: longValue ?? "" }
  const short = word.slice(0, 2)
  return takesValue.has(short) ? { name: short, value: word.slice(2) } : { name: word, value: "" }
}

function optionValue(options: readonly Option[], name: string): string | null {
  return options.find((option) => option.name === name)?.value ?? null
}

/** `USER`, or `USER:GROUP`. */
function userOf(text: string | null): string | null {
  return text === null ? null : (text.split(":")[0] ?? null) || null
}
