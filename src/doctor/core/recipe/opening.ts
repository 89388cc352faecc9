import { isShell, kindOf, programName } from "../../../open/core/program-kind.ts"
import { type Script, type ScriptReader, shebangWords, shellScript } from "../../../open/core/script-start.ts"
import { unwrap } from "../../../open/core/wrapper.ts"
import { envsealCall } from "../envseal-call.ts"
import { shellCommands } from "./shell-command.ts"

/** Whether a command comes to `envseal open`. */
export type Opening =
  /** With the words after `open`. */
  | { readonly answer: "opens"; readonly options: readonly string[] }
  /** It is known to start something else. */
  | { readonly answer: "never" }
  /** It starts a program that is not known here. One that was copied as a script may be anything. */
  | { readonly answer: "unclear"; readonly program: string; readonly isScript: boolean }

/** A script of the image; `unknown` for one whose text is not at hand, `null` for none. */
export type ImageScripts = (command: string) => Script | "unknown" | null

/**
 * Whether an entry point keeps the words of CMD from what it starts: a shell that runs one text takes nothing of them, unless
 * the text asks for it.
 */
export function dropsCommand(entry: readonly string[], command: readonly string[]): boolean {
  const [shell = ""] = entry
  const [option = "", text = ""] = entry.slice(-2)
  const isText = isShell(programName(shell)) && /^-\w*c$/.test(option) && entry.length > 2
  return isText && command.length > 0 && !/\$\{?[@*\d]/.test(text)
}

/**
 * Whether the first word of CMD is lost: to a shell that runs a text it is the name `$0`, unless another word stands there.
 */
export function losesFirstWord(entry: readonly string[], command: readonly string[]): boolean {
  const [shell = ""] = entry
  const [option = "", text = ""] = entry.slice(-2)
  const isText = isShell(programName(shell)) && /^-\w*c$/.test(option) && entry.length > 2
  const isName = command.length > 1 && /^(?:-+|_|(?:ba|da|a)?sh)$/.test(command[0] ?? "")
  return isText && command.length > 0 && !isName && /\$\{?[@*]/.test(text) && !/\$\{?0/.test(text)
}

const maxSteps = 12
const never: Opening = { answer: "never" }

/** Programs of every system, which start nothing of the app's. */
const plainProgram =
  /^(?:\[|\.|:|addgroup|adduser|apk|apt-get|awk|break|case|cat|cd|chgrp|chmod|chown|composer|continue|cp|crontab|curl|cut|date|declare|done|echo|elif|else|esac|eval|exit|export|false|fi|find|for|function|getent|grep|groupmod|gunzip|head|hostname|id|if|install|ip|kill|let|ln|local|ls|mkdir|mktemp|mv|mysql|mysqladmin|nc|pg_isready|pgrep|pkill|printenv|printf|ps|pwd|read|readonly|return|rm|sed|set|shift|shopt|sleep|sort|source|stat|su|sync|tail|tar|tee|test|then|touch|tr|trap|true|ulimit|umask|unset|until|useradd|usermod|wait|wget|while|xargs|\{|\}|!|\(|\))$/

/** @param words the command and its arguments. */
export function openingOf(words: readonly string[], scripts: ImageScripts, steps = 0): Opening {
  const [command = "", ...args] = words
  const program = programName(command)
  const call = envsealCall(words)
  if (call?.command === "open") return { answer: "opens", options: call.options }
  if (command === "") return never
  if (steps > maxSteps) return { answer: "unclear", program, isScript: true }
  const script = scripts(command)
  if (script === "unknown" && !isPlainStart(program)) return { answer: "unclear", program, isScript: true }
  if (script !== null && script !== "unknown") return scriptOpening(script, args, scripts, steps)
  const wrapped = unwrap(program, args)
  if (wrapped !== null && wrapped.script !== null)
    return textOpening(wrapped.script, wrapped.words.slice(1), scripts, steps)
  if (wrapped !== null) return openingOf(wrapped.words, scripts, steps + 1)
  if (isShell(program)) return shellOpening(args, scripts, steps)
  return isPlainStart(program) ? never : { answer: "unclear", program, isScript: false }
}

/** Whether a program is known to start nothing of what its configuration says. */
function isPlainStart(program: string): boolean {
  const kind = kindOf(program)
  return kind !== null && kind !== "supervisor" && kind !== "cron"
}

function shellOpening(args: readonly string[], scripts: ImageScripts, steps: number): Opening {
  let isUnknown = false
  const reader: ScriptReader = (command) => {
    const found = scripts(command)
    isUnknown ||= found === "unknown"
    return found === "unknown" ? null : found
  }
  const given = shellScript(args, reader)
  if (given !== null) return textOpening(given.text, given.args, scripts, steps)
  const file = args.find((arg) => !arg.startsWith("-"))
  if (file === undefined) return never
  return { answer: "unclear", program: programName(file), isScript: isUnknown }
}

function scriptOpening(
  script: Script,
  args: readonly string[],
  scripts: ImageScripts,
  steps: number,
): Opening {
  const interpreter = shebangWords(script.text)
  const program = programName(interpreter?.[0] ?? "sh")
  if (isShell(program) || /execlineb|with-contenv/.test(program))
    return textOpening(script.text, args, scripts, steps)
  return /\benvseal\b/.test(script.text) ? { answer: "unclear", program: script.path, isScript: true } : never
}

/** Of a shell's text: whether any of its commands opens. */
function textOpening(text: string, args: readonly string[], scripts: ImageScripts, steps: number): Opening {
  let found: Opening = never
  for (const { words } of shellCommands(text)) {
    const all = words.flatMap((word) => (/^\$(?:@|\*|\{[@*]\})$/.test(word) ? args : [word]))
    const [first = "", second] = all
    // `set -- envseal open -- "$@"` is what a later `exec "$@"` starts.
    const isArguments = first === "set" && second === "--"
    const put = isArguments ? openingOf(all.slice(2), scripts, steps + 1) : never
    if (put.answer === "opens") return put
    const isSourced = first === "." || first === "source"
    if (!isSourced && (plainProgram.test(first) || first === "")) continue
    const one = openingOf(isSourced ? ["sh", second ?? ""] : all, scripts, steps + 1)
    if (one.answer === "opens") return one
    if (one.answer === "unclear" && isOwn(isSourced ? (second ?? "") : first)) found = one
  }
  const isRead = found.answer === "never" && readInside.test(text.replace(/^\s*#.*$/gm, ""))
  return isRead ? { answer: "unclear", program: "envseal", isScript: true } : found
}

/** `eval "$(envseal open --stdout)"`: what becomes of its output is not known. */
const readInside = /(?:[$<]\(|`)\s*(?:[\w./-]*\/)?envseal\s+open\b/

/** Whether a word may be the path of a script of the app's. A function of the script itself is none. */
function isOwn(word: string): boolean {
  return /^(?:\.{1,2}|~|\$\{?\w+\}?|[\w.-]*)\/[\w./${}-]*\w\}?$|^\$\{?\w+\}?$|\.(?:sh|bash)$/.test(word)
}
