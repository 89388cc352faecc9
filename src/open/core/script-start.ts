import { programName } from "./program-kind.ts"
import { unwrap } from "./wrapper.ts"

/** A script as a command names it. */
export interface Script {
  /** Where it was found. */
  readonly path: string
  readonly text: string
}

/** @returns `null` when a command names no file of text. */
export type ScriptReader = (command: string) => Script | null

/** A text that a shell runs, and what its `"$@"` stands for. */
export interface GivenText {
  readonly text: string
  readonly args: readonly string[]
}

/**
 * What a shell is told to run by its arguments.
 *
 * @returns `null` when that is nothing, or not known.
 */
export function shellScript(args: readonly string[], scriptOf: ScriptReader): GivenText | null {
  let isText = false
  let at = 0
  for (; at < args.length; at += 1) {
    const arg = args[at] ?? ""
    if (!/^[-+]./.test(arg)) break
    if (arg === "--") {
      at += 1
      break
    }
    isText ||= /^-\w*c/.test(arg)
    // `-euo pipefail`: each o takes a word, as these two do.
    at += /^--(?:rcfile|init-file)$/.test(arg)
      ? 1
      : arg.startsWith("--")
        ? 0
        : arg.replace(/[^oO]/g, "").length
  }
  const [first, ...rest] = args.slice(at)
  if (first === undefined) return null
  // What follows the text of -c is first $0, then $1.
  if (isText) return { text: first, args: rest.slice(1) }
  const script = scriptOf(first)
  return script === null ? null : { text: script.text, args: rest }
}

/**
 * The interpreter that a script names, without `env` and the like before it.
 *
 * @returns `null` when it names none.
 */
export function shebangWords(text: string): readonly string[] | null {
  const [, interpreter, argument] = /^#![ \t]*(\S+)(?:[ \t]+(.*?))?[ \t\r]*(?:\n|$)/.exec(text) ?? []
  if (interpreter === undefined) return null
  let words: readonly string[] = argument ? [interpreter, argument] : [interpreter]
  for (let depth = 0; depth < 3; depth += 1) {
    const [command = "", ...args] = words
    const next = unwrap(programName(command), args)?.words ?? []
    if (next.length === 0) break
    words = next
  }
  return words
}
