import { readShell, type ShellWord } from "../../../open/core/shell-words.ts"
import { splitAssignments } from "../../../open/core/wrapper.ts"

/** One command of a shell's text. */
export interface ShellCommand {
  /** Without redirections and the settings of variables before it. */
  readonly words: readonly string[]
  /** The files that it writes to. */
  readonly targets: readonly string[]
  /** The texts that stand in it: `<<EOF`. */
  readonly texts: readonly string[]
}

const keywords = /^(?:if|then|else|elif|do|while|until|!|time|exec|command|sudo|\{)$/

/** The commands of a shell's text, in their order, whatever joins them. */
export function shellCommands(script: string, given: readonly string[] = []): readonly ShellCommand[] {
  const { text, bodies } = takeOutTexts(script)
  const waiting = [...given, ...bodies]
  return readShell(text).commands.map((words) => commandOf(words, waiting))
}

function commandOf(all: readonly ShellWord[], waiting: string[]): ShellCommand {
  const words: string[] = []
  const targets: string[] = []
  const texts: string[] = []
  for (let at = 0; at < all.length; at += 1) {
    const { text, isPlain } = all[at] ?? { text: "", isPlain: true }
    const [, before = "", sign, after = ""] = isPlain
      ? []
      : (/^(.*?)(>>|>\||>|<<-?|<)(.*)$/s.exec(text) ?? [])
    if (sign === undefined) {
      words.push(text)
      continue
    }
    if (!/^[\d&]*$/.test(before)) words.push(before)
    const isText = sign.startsWith("<<") && !after.startsWith("<")
    if (after === "") at += 1
    const name = after === "" ? (all[at]?.text ?? "") : after
    if (isText) texts.push(waiting.shift() ?? "")
    else if (sign.startsWith(">") && !name.startsWith("&")) targets.push(name)
  }
  const start = words.findIndex((word) => !keywords.test(word))
  const own = start < 0 ? [] : splitAssignments(words.slice(start)).words
  return { words: own, targets, texts }
}

/** A script without the texts in it, and these in their order. */
function takeOutTexts(script: string): { readonly text: string; readonly bodies: readonly string[] } {
  const kept: string[] = []
  const bodies: string[] = []
  const lines = script.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ""
    kept.push(line)
    if (/^\s*#/.test(line)) continue
    for (const [, tabs = "", , name = ""] of line.matchAll(
      /(?<!<)<<(-?)[ \t]*(["']?)([A-Za-z_][\w.-]*)\2/g,
    )) {
      const body: string[] = []
      const isEnd = (one: string) => (tabs === "" ? one : one.replace(/^\t+/, "")) === name
      for (at += 1; at < lines.length && !isEnd(lines[at] ?? ""); at += 1) body.push(lines[at] ?? "")
      bodies.push(body.map((one) => `${one}\n`).join(""))
      kept.push(name)
    }
  }
  return { text: kept.join("\n"), bodies }
}
