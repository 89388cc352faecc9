import { expandWord, rawWords, unknownPart } from "./expansion.ts"
import { type ImageStage, joinPath, type StageStep } from "./image-stage.ts"
import { flagValue, type Heredoc } from "./instruction.ts"
import { baseName } from "./plain-file.ts"

/** Where `COPY` or `ADD` takes a file from. */
export type CopyOrigin =
  | { readonly type: "context" }
  | { readonly type: "stage"; readonly stage: ImageStage }
  /** Another image, another context, or an address. */
  | { readonly type: "elsewhere" }
  | { readonly type: "text"; readonly heredoc: Heredoc }

/** One source of a `COPY` or an `ADD`. */
export interface Transfer {
  readonly origin: CopyOrigin
  /** A path or a pattern; empty for the whole folder. Of a stage, it begins with `/`; of an address, it is the file's name. */
  readonly source: string
  readonly destination: string
  /** Whether it is put into the destination, and does not take its name. */
  readonly isInto: boolean
  /** Patterns of `--exclude`. */
  readonly excluded: readonly string[]
  readonly line: number
}

/** What a step copies; nothing for any other instruction. @param before the stages that can be copied from. */
export function transfersIn(step: StageStep, before: readonly ImageStage[]): readonly Transfer[] {
  const { instruction, workdir, lookup } = step
  const { name, rest, json, heredocs, line, flags } = instruction
  if (name !== "COPY" && name !== "ADD") return []
  const words = (json ?? rawWords(rest)).map((word) => expandWord(word, lookup))
  const target = words.at(-1) ?? ""
  const sources = words.slice(0, -1)
  const from = flagValue(instruction, "from")
  const excluded = flags.flatMap((flag) => /^--exclude=(.*)$/.exec(flag)?.[1] ?? [])
  const isInto = sources.length > 1 || /(?:^|\/)\.{0,2}$/.test(target)
  const origin = originOf(from === null ? null : expandWord(from, lookup), before)
  return sources.map((written) => {
    const heredoc = heredocs.find(
      (one) => written.replace(/^\d*<<-?/, "") === one.name && written.includes("<<"),
    )
    const base = { destination: joinPath(workdir, target), isInto, excluded, line }
    if (heredoc !== undefined) return { ...base, origin: { type: "text", heredoc }, source: heredoc.name }
    if (/^(?:https?|git|ssh):\/\/|^git@/.test(written)) {
      return { ...base, origin: { type: "elsewhere" }, source: fileOf(written) }
    }
    return { ...base, origin, source: sourcePath(written, origin) }
  })
}

function originOf(from: string | null, before: readonly ImageStage[]): CopyOrigin {
  if (from === null) return { type: "context" }
  const stage =
    before.findLast(({ name }) => name === from.toLowerCase()) ??
    before[/^\d+$/.test(from) ? Number(from) : -1]
  return stage === undefined ? { type: "elsewhere" } : { type: "stage", stage }
}

/** The name of the file alone: an address may have a password before it, or a signature after it. */
function fileOf(address: string): string {
  return baseName(address.replace(/[?#].*$/s, ""))
}

/** All paths begin at the top of what is copied from. */
function sourcePath(written: string, { type }: CopyOrigin): string {
  if (written.startsWith(unknownPart)) return written
  const whole = joinPath("/", written)
  if (type !== "context") return whole === "/" ? "" : whole
  return whole.slice(1)
}

/** Where a file comes to, if it is copied; `null` if it is not. */
export function landingOf(transfer: Transfer, path: string): string | null {
  const { source, destination, isInto, excluded } = transfer
  if (excluded.some((pattern) => isMatch(pattern, path))) return null
  if (source === "") return joinPath(destination, path.replace(/^\//, ""))
  const parts = path.split("/")
  for (let length = 1; length <= parts.length; length += 1) {
    const head = parts.slice(0, length).join("/")
    if (head === "" || !isMatch(source, head)) continue
    if (length < parts.length) return joinPath(destination, parts.slice(length).join("/"))
    // A folder is a folder also where its name does not end in a slash.
    return isInto || isPattern(source) ? joinPath(destination, baseName(path)) : destination
  }
  return null
}

export function isPattern(source: string): boolean {
  return /[*?[]/.test(source)
}

/** Whether a pattern of Go's `filepath.Match` is that of a path. */
export function isMatch(pattern: string, path: string): boolean {
  const body = pattern
    .replace(/\*\*\//g, unknownPart)
    .replace(/[.+^$(){}|]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll(unknownPart, "(?:.*/)?")
  try {
    return new RegExp(`^${body}$`).test(path)
  } catch {
    return false
  }
}
