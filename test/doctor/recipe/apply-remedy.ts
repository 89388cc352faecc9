import { instructionsIn } from "../../../src/doctor/core/recipe/instruction.ts"
import type { Remedy } from "../../../src/doctor/core/remedy.ts"

/**
 * A Dockerfile after what doctor printed, by a person who does just that: an edit replaces the instruction that begins at
 * the line, or is a new one before it; `remove X` takes X out of what stands there.
 *
 * @throws Error for a remedy that does not say what to write where.
 */
export function applyRemedies(text: string, remedies: readonly Remedy[]): string {
  const lines = text.replace(/\n$/, "").split("\n")
  const placed = remedies.map((remedy) => ({ remedy, line: lineOf(remedy) }))
  // From the end, so that the lines before keep their numbers.
  for (const { remedy, line } of placed.toSorted((one, other) => other.line - one.line)) {
    const there = instructionsIn(lines.join("\n")).find((one) => one.line === line)
    const length = there === undefined ? 0 : there.lastLine - there.line + 1
    if (remedy.type === "edit") {
      const isSame = there?.name === remedy.setting
      lines.splice(line - 1, isSame ? length : 0, `${remedy.setting} ${remedy.value}`)
    } else {
      const old = lines.slice(line - 1, line - 1 + length)
      lines.splice(line - 1, length, ...without(old, wordOf(remedy)))
    }
  }
  return `${lines.join("\n")}\n`
}

function lineOf(remedy: Remedy): number {
  const place = remedy.type === "edit" ? remedy.place : remedy.text
  const line = /[\w./-]*Dockerfile:(\d+):1/.exec(place)?.[1]
  if (line === undefined) throw new Error(`no place in ${place}`)
  return Number(line)
}

function wordOf(remedy: Remedy): string {
  const word = remedy.type === "advice" ? /^remove (.+?) at /.exec(remedy.text)?.[1] : undefined
  if (word === undefined) throw new Error(`not to be applied: ${JSON.stringify(remedy)}`)
  return word
}

/** One of several parts that `&&` or spaces join goes alone; else the whole instruction. */
function without(lines: readonly string[], word: string): readonly string[] {
  const [first = "", ...others] = lines
    .join(" ")
    .replaceAll("\\ ", " ")
    .split(/\s&&\s/)
  const [, name = "", rest = ""] = /^(\w+)\s+([\s\S]*)$/.exec(first) ?? []
  const parts = name.toUpperCase() === "RUN" ? [rest, ...others] : rest.split(/\s+/)
  const kept = parts.filter(
    (part) => !part.includes(word) && !(word === "config:cache" && /optimize/.test(part)),
  )
  const isPair = name.toUpperCase() === "ENV" || name.toUpperCase() === "LABEL"
  if (kept.length === 0 || kept.length === parts.length || (!isPair && name.toUpperCase() !== "RUN"))
    return []
  return [`${name} ${kept.join(name.toUpperCase() === "RUN" ? " && " : " ")}`]
}
