import { type Finding, no, of, ok } from "./finding.ts"
import { advice, edit, type Remedy } from "./remedy.ts"

const subject = of("dockerfile")
const file = "Dockerfile"
const sealed = ".env.sealed"

interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly name: string
  readonly rest: string
  /** Where it begins, from one. */
  readonly line: number
}

interface Fault {
  readonly text: string
  readonly remedy: Remedy
}

/**
 * Whether the image opens what is sealed into it, and has nothing in plaintext.
 *
 * @param text `null` when there is none.
 */
export function judgeDockerfile(text: string | null): Finding {
  if (text === null)
    return no(subject, "there is none", advice("write one: envseal init, or docs/container.md"))
  const all = instructionsOf(text)
  const start = all.findLastIndex(({ name }) => name === "FROM")
  const last = all.slice(Math.max(start, 0))
  const end = text.split("\n").length
  const faults = [...entryFaults(last, end), ...sealedFaults(last, end), ...plainFaults(all)]
  if (faults.length === 0) return ok(subject, "opens .env.sealed, and copies no .env")
  return no(subject, faults.map((fault) => fault.text).join("; "), ...faults.map(({ remedy }) => remedy))
}

/** The instructions, with lines that go on put together (Dockerfile reference, "Format"). */
function instructionsOf(text: string): readonly Instruction[] {
  const found: Instruction[] = []
  let goesOn = false
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue
    const body = line.replace(/\\\s*$/, "")
    const open = goesOn ? found.pop() : undefined
    found.push(open === undefined ? begun(body, at + 1) : { ...open, rest: `${open.rest} ${body.trim()}` })
    goesOn = body !== line
  }
  return found
}

function begun(body: string, line: number): Instruction {
  const [, name = "", rest = ""] = /^\s*(\w+)\s*(.*)$/.exec(body) ?? []
  return { name: name.toUpperCase(), rest, line }
}

function entryFaults(last: readonly Instruction[], end: number): readonly Fault[] {
  const entry = last.findLast(({ name }) => name === "ENTRYPOINT")
  if (entry !== undefined && /\benvseal\b.*\bopen\b/.test(entry.rest)) return []
  const words = ["envseal", "open", "--require-tmpfs", "--", "boot"]
  return [
    {
      text: entry === undefined ? "it has no ENTRYPOINT" : "its ENTRYPOINT is not envseal open",
      remedy: edit(`${file}:${entry?.line ?? end}:1`, "ENTRYPOINT", words),
    },
  ]
}

function sealedFaults(last: readonly Instruction[], end: number): readonly Fault[] {
  const copied = copies(last).some(({ sources }) => sources.some((one) => one === sealed || isWhole(one)))
  if (copied) return []
  return [{ text: `it does not copy ${sealed}`, remedy: edit(`${file}:${end}:1`, "COPY", [sealed, "./"]) }]
}

function plainFaults(all: readonly Instruction[]): readonly Fault[] {
  return copies(all).flatMap(({ sources, line }) =>
    sources.filter(isPlain).map((source) => ({
      text: `it copies ${source}, in plaintext`,
      remedy: advice(`remove ${source} at ${file}:${line}:1`),
    })),
  )
}

interface Copy {
  readonly sources: readonly string[]
  readonly line: number
}

/** What is copied from the folder of the build, not from another image. */
function copies(instructions: readonly Instruction[]): readonly Copy[] {
  return instructions
    .filter(({ name, rest }) => (name === "COPY" || name === "ADD") && !/(?:^|\s)--from=/.test(rest))
    .map(({ rest, line }) => ({ sources: wordsOf(rest).slice(0, -1).map(plainPath), line }))
}

function wordsOf(rest: string): readonly string[] {
  return rest.startsWith("[")
    ? [...rest.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word)
    : rest.split(/\s+/).filter((word) => word !== "" && !word.startsWith("--"))
}

function plainPath(source: string): string {
  return source.replace(/^(?:\.?\/)+(?=.)/, "")
}

function isWhole(source: string): boolean {
  return source === "." || source === "./" || source === "*" || source === ".env*" || source === ".env.*"
}

function isPlain(source: string): boolean {
  return /^\.env(?:\.[\w-]+)?$/.test(source) && source !== sealed && source !== ".env.example"
}
