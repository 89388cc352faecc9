import { type Document, isMap, isScalar, type ParsedNode, parseDocument, type YAMLMap } from "yaml"
import { EnvsealError } from "../core/error.ts"
import { printable } from "../core/text.ts"
import { type EntryStyle, renderEntry, type WrittenPart } from "./entry-text.ts"
import { type Config, parseConfig } from "./load.ts"
import type { EnvironmentSettings } from "./settings.ts"

export interface NewEntry {
  readonly name: string
  readonly entry: WrittenPart
  /** The environment whose style the entry has: lists and mappings in brackets, or on their own lines. */
  readonly like: string
}

/**
 * Puts an environment after the others. Everything else in the text stays as it is, byte for byte.
 *
 * @param text a settings file that is right.
 * @param file what it is called in messages.
 * @throws EnvsealError `CONFIG_MALFORMED` when the file or what would become of it is wrong; `USAGE` when its
 *   `environments` are written in a way that nothing can be put into.
 */
export function addEnvironment(text: string, file: string, added: NewEntry): string {
  const before = parseConfig(text, file)
  const source = text.replace(/^\u{feff}/u, "")
  const mark = text.slice(0, text.length - source.length)
  const environments = environmentsIn(parseDocument(source, { schema: "core", logLevel: "error" }))
  if (environments === null) throw cannotAdd(file, added)
  const { at, insert } = environments.flow
    ? insideBrackets(source, environments, added)
    : below(source, environments, added)
  const after = mark + source.slice(0, at) + insert + source.slice(at)
  if (!isOnlyAdded(before, parseOrNull(after, file), added)) {
    // With an entry that is wrong by itself, its mistakes are what to tell.
    parseConfig(after, file)
    throw cannotAdd(file, added)
  }
  return after
}

interface Insertion {
  readonly at: number
  readonly insert: string
}

type Environments = YAMLMap.Parsed<ParsedNode, ParsedNode | null>

function environmentsIn({ contents }: Document.Parsed): Environments | null {
  if (!isMap<ParsedNode, ParsedNode>(contents)) return null
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === "environments")
  const environments = pair?.value
  return isMap<ParsedNode, ParsedNode | null>(environments) ? (environments as Environments) : null
}

function below(source: string, environments: Environments, { name, entry, like }: NewEntry): Insertion {
  const { items } = environments
  const last = items.at(-1)
  const column = columnOf(source, last?.key.range[0] ?? 0)
  const style = styleOf(source, environments, like)
  const newline = source.includes("\r\n") ? "\r\n" : "\n"
  const at = endOfEntry(source, endOf(last?.value ?? null), column)
  const lines = renderEntry(name, entry, style).map((line) => " ".repeat(column) + line)
  const isAtStart = at === 0 || source[at - 1] === "\n"
  const text = [...(isSpaced(source, environments) ? [""] : []), ...lines].map((line) => line + newline)
  return { at, insert: (isAtStart ? "" : newline) + text.join("") }
}

/** Where the last character of a node stands that is no comment. */
function endOf(node: ParsedNode | null): number {
  if (isMap<ParsedNode, ParsedNode | null>(node) && !node.flow) {
    const last = node.items.at(-1)
    return last === undefined ? node.range[1] : endOf(last.value ?? last.key)
  }
  return node?.range[1] ?? 0
}

/** After the lines that belong to an entry: comments that are indented more than its name are its own. */
function endOfEntry(source: string, contentEnd: number, column: number): number {
  let at = source[contentEnd - 1] === "\n" ? contentEnd : afterLine(source, contentEnd)
  for (let next = at; next < source.length; ) {
    const end = afterLine(source, next)
    const line = source.slice(next, end)
    const isOwn = /^ *#/.test(line) && line.indexOf("#") > column
    if (!isOwn && line.trim() !== "") break
    if (isOwn) at = end
    next = end
  }
  return at
}

function afterLine(source: string, from: number): number {
  const end = source.indexOf("\n", from)
  return end === -1 ? source.length : end + 1
}

function columnOf(source: string, offset: number): number {
  return offset - (source.lastIndexOf("\n", offset - 1) + 1)
}

/** Whether the file leaves a line empty before its last environment. */
function isSpaced(source: string, { items }: Environments): boolean {
  const [before, last] = items.slice(-2)
  if (before === undefined || last === undefined) return false
  return /\n[ \t]*\r?\n/.test(source.slice(endOf(before.value), last.key.range[0]))
}

function insideBrackets(source: string, environments: Environments, added: NewEntry): Insertion {
  const { items } = environments
  const last = items.at(-1)
  const start = last?.key.range[0] ?? 0
  const style = { ...styleOf(source, environments, added.like), inBrackets: true }
  const [line = ""] = renderEntry(added.name, added.entry, style)
  const between = /(\r?\n)[ \t]*$/.exec(source.slice(0, start))?.[0] ?? " "
  return { at: endOf(last?.value ?? null), insert: `,${between}${line}` }
}

function styleOf(source: string, environments: Environments, like: string): EntryStyle {
  const pair = environments.items.find(({ key }) => isScalar(key) && String(key.value) === like)
  const node = pair?.value ?? null
  const { key } = environments.items.at(-1) ?? {}
  const [inner] = isMap<ParsedNode, ParsedNode | null>(node) && !node.flow ? node.items : []
  const step =
    inner === undefined ? 2 : columnOf(source, inner.key.range[0]) - columnOf(source, pair?.key.range[0] ?? 0)
  return {
    like: node,
    indent: Math.max(1, step),
    inBrackets: false,
    padded: /\[ \S/.test(source),
    quotes: isScalar(key) && key.type === "QUOTE_DOUBLE",
  }
}

function parseOrNull(text: string, file: string): Config | null {
  try {
    return parseConfig(text, file)
  } catch (error) {
    if (error instanceof EnvsealError) return null
    throw error
  }
}

/** Whether all that was there is there as before, and the new one after it. */
function isOnlyAdded(before: Config, after: Config | null, { name }: NewEntry): boolean {
  if (after === null || after.app !== before.app) return false
  const names = [...before.environments.keys()]
  if ([...after.environments.keys()].join() !== [...names, name].join()) return false
  return names.every(
    (one) => contentOf(before.environments.get(one)) === contentOf(after.environments.get(one)),
  )
}

/** Without where it stands. */
function contentOf(settings: EnvironmentSettings | undefined): string {
  return JSON.stringify({ ...settings, place: null, places: null })
}

function cannotAdd(file: string, { name, entry, like }: NewEntry): EnvsealError {
  const style: EntryStyle = { like: null, indent: 2, inBrackets: true, padded: false, quotes: false }
  return new EnvsealError("USAGE", `cannot add ${printable(name)} to ${printable(file)} as it is written`, {
    hint: `write it below ${printable(like)} by hand: ${renderEntry(name, entry, style).join(" ")}`,
  })
}
