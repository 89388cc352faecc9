import { EnvsealError } from "../core/error.ts"
import { latePattern } from "../core/late-pattern.ts"
import { Pieces } from "./pieces.ts"

/**
 * Which phpdotenv the reader behaves like. They differ in two rules: before 5.5.0, a line inside a quoted value
 * that looks like the start of a multi-line value starts one again, and names are ASCII only.
 */
export type Dialect = "5.4" | "5.5"

export interface Line {
  readonly name: string
  /** `null` for a name without `=`, which unsets the variable. */
  readonly value: string | null
  /** True when the value holds `${NAME}` that the reader would replace from its surroundings. */
  readonly interpolates: boolean
  /** Where the entry starts, counted from 1. */
  readonly line: number
}

/**
 * Reads `.env` text exactly as vlucas/phpdotenv 5 does, faults included: an unterminated multi-line value and
 * all that follows it vanish. It shares no code with the writer, because it is what proves the writer right.
 *
 * @throws EnvsealError `DOTENV_MALFORMED` where phpdotenv throws, with the line, never with its text.
 */
export function readDotenv(text: string, dialect: Dialect = "5.5"): Line[] {
  return [...joinLines(text, dialect)].map((entry) => parseEntry(entry, dialect))
}

/** The text of one entry, its lines joined by LF, and not looked at any further. */
export interface Joined {
  readonly entry: string
  readonly line: number
}

/** `Dotenv\Parser\Lines::process`, an entry at a time: a hostile file has millions. */
export function joinLines(text: string, dialect: Dialect = "5.5"): Iterable<Joined> {
  return { [Symbol.iterator]: () => new Entries(text, dialect) }
}

/** Not a generator: an engine takes longer to get the first one ready than to read a usual file. */
class Entries implements Iterator<Joined, undefined> {
  readonly #text: string
  readonly #dialect: Dialect
  readonly #lineEnd = /\r\n|\n|\r/g
  /** Where the next line begins; `null` after the last one. */
  #at: number | null
  #number = 0

  constructor(text: string, dialect: Dialect) {
    this.#text = text
    this.#dialect = dialect
    this.#at = text.startsWith("\uFEFF") ? 1 : 0
  }

  next(): IteratorResult<Joined, undefined> {
    /** Where the entry that spans lines began, when there is one. */
    let open: { readonly at: number; readonly line: number } | null = null
    while (this.#at !== null) {
      const at = this.#at
      const end = this.#passLine(at)
      const line = this.#text.slice(at, end)
      const starts = (open === null || this.#dialect === "5.4") && startsMultiline(line)
      if (open === null && !starts) {
        if (!isCommentOrBlank(line)) return { done: false, value: { entry: line, line: this.#number } }
        continue
      }
      open ??= { at, line: this.#number }
      if (!stopsMultiline(line, starts)) continue
      const entry = this.#text.slice(open.at, end).replace(/\r\n?/g, "\n")
      if (!isCommentOrBlank(entry)) return { done: false, value: { entry, line: open.line } }
      open = null
    }
    return { done: true, value: undefined }
  }

  /** @returns where the line ends that begins at a place, without its line end. */
  #passLine(at: number): number {
    this.#number++
    this.#lineEnd.lastIndex = at
    const found = this.#lineEnd.exec(this.#text)
    this.#at = found === null ? null : this.#lineEnd.lastIndex
    return found?.index ?? this.#text.length
  }
}

/** Whether a line opens a value that spans lines, be it a comment or not. */
export function startsMultiline(line: string): boolean {
  return line.includes('="') && !stopsMultiline(line, true)
}

function stopsMultiline(line: string, started: boolean): boolean {
  if (line === '"') return true
  const wanted = started ? 2 : 1
  let quotes = 0
  for (let at = line.indexOf('"'); at >= 0 && quotes < wanted; at = line.indexOf('"', at + 1)) {
    if (endsValue(line, at)) quotes++
  }
  return quotes === wanted
}

/** Whether phpdotenv counts a quote: with every `\\\\` deleted, there is a character before it, and no `\\`. */
function endsValue(line: string, at: number): boolean {
  let before = at
  while (before > 0 && line.charAt(before - 1) === "\\") before--
  return before > 0 && (at - before) % 2 === 0
}

function isCommentOrBlank(line: string): boolean {
  return /^[ \t\n\r\0\v]*(?:#|$)/.test(line)
}

/** PHP's `trim()`: not the form feed, but NUL and the vertical tab. */
function trim(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isTrimmed(text.charCodeAt(from))) from++
  while (to > from && isTrimmed(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isTrimmed(code: number): boolean {
  return code <= 0x20 && " \t\n\r\0\v".includes(String.fromCharCode(code))
}

function fail(line: number, what: string): never {
  throw new EnvsealError("DOTENV_MALFORMED", `.env:${line}: ${what}`, { line })
}

/** A `${NAME}` of a value that the reader would replace. */
export interface LiveReference {
  /** Where its `$` stands in the value. */
  readonly at: number
  readonly name: string
}

/** @throws EnvsealError `DOTENV_MALFORMED`. */
export function parseEntry(joined: Joined, dialect: Dialect = "5.5"): Line {
  const { name, value, interpolates, line } = parseReferring(joined, dialect)
  return { name, value, interpolates, line }
}

/**
 * The same with what the value refers to, in the order in which it stands there.
 *
 * @throws EnvsealError `DOTENV_MALFORMED`.
 */
export function parseReferring(
  { entry, line }: Joined,
  dialect: Dialect = "5.5",
): Line & { readonly references: readonly LiveReference[] } {
  const equals = entry.indexOf("=")
  const left = equals < 0 ? entry : trim(entry.slice(0, equals))
  if (left === "") fail(line, "no name before =")
  const name = parseName(left, line, dialect)
  if (equals < 0) return { name, value: null, interpolates: false, line, references: [] }
  const { value, references } = parseValue(trim(entry.slice(equals + 1)), name, line)
  return { name, value, interpolates: references.length > 0, line, references }
}

const plainName = /^[a-zA-Z0-9_.]+$/

/** Since 5.5.0, which every plain name is too. */
const name55 = latePattern(String.raw`^[\p{Ll}\p{Lu}\p{M}\p{N}_.]+$`, "u")

function parseName(text: string, line: number, dialect: Dialect): string {
  if (plainName.test(text)) return text
  let name = text
  if (/^export[ \t\n\v\f\r]/.test(name) && [...name].length > 8) {
    name = name.slice(6).replace(/^[ \t\n\r\0\v]+/, "")
  }
  if (/^(["']).+\1$/s.test(name)) name = name.slice(1, -1)
  const isName = plainName.test(name) || (dialect === "5.5" && name55().test(name))
  if (!isName) fail(line, "not a name before =")
  return name
}

type State = "initial" | "bare" | "single" | "double" | "escape" | "after" | "comment"

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  $: "$",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
}

/** What stands for itself in a state, as far as it goes: most of a value is a run of it. */
const runs: Readonly<Partial<Record<State, RegExp>>> = {
  bare: /[^#$ \t\n\v\f\r]+/y,
  single: /[^']+/y,
  double: /[^"\\$]+/y,
}

/** Where the run that begins at a place ends; the place itself where there is none. */
function endOfRun(text: string, at: number, state: State): number {
  const run = runs[state]
  if (run === undefined) return at
  run.lastIndex = at
  return run.test(text) ? run.lastIndex : at
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** A value in which the automaton only changes its state where quotes begin and end, as in most. */
const simple = /^(?:'([^']*)'|"([^"\\$]*)"|([^'"#$ \t\n\v\f\r][^#$ \t\n\v\f\r]*))$/

/** `Dotenv\Parser\EntryParser::parseValue`: the automaton of seven states. */
function parseValue(
  text: string,
  name: string,
  line: number,
): { value: string; references: readonly LiveReference[] } {
  const [whole, single, double] = simple.exec(text) ?? []
  if (whole !== undefined) return { value: single ?? double ?? whole, references: [] }
  let state: State = "initial"
  const value = new Pieces(text)
  const references: LiveReference[] = []
  const take = (at: number) => {
    const referred = variableAt(text, at)
    if (referred !== null) references.push({ at: value.length, name: referred })
    value.take(at, at + 1)
  }
  for (let at = 0; at < text.length; at++) {
    if (state === "comment") break
    const end = endOfRun(text, at, state)
    if (end > at) {
      value.take(at, end)
      at = end - 1
      continue
    }
    const c = text.charAt(at)
    const space = isSpace(text, at)
    switch (state) {
      case "initial":
        if (c === "'" || c === '"') {
          state = c === "'" ? "single" : "double"
          break
        }
        if (c === "#") {
          state = "comment"
          break
        }
        // A run of blanks that trim() left here (it can only begin with a form feed) is one literal token.
        if (space && isSpace(text, at + 1)) {
          value.take(at, at + 1)
          break
        }
        state = "bare"
        take(at)
        break
      case "bare":
        if (c === "#") state = "comment"
        else if (space) state = "after"
        else take(at)
        break
      case "single":
        state = "after"
        break
      case "double":
        if (c === '"') state = "after"
        else if (c === "\\") state = "escape"
        else take(at)
        break
      case "escape": {
        const meaning = escapes[c]
        if (meaning === undefined) fail(line, `unknown escape in ${name}`)
        value.add(meaning)
        state = "double"
        break
      }
      case "after":
        if (c === "#") state = "comment"
        else if (!space) fail(line, `text after the value of ${name}`)
        break
    }
  }
  if (state === "single" || state === "double" || state === "escape") fail(line, `missing quote in ${name}`)
  return { value: value.joined(), references }
}

const variable = /\$\{([A-Za-z0-9_.]+)\}/y

/** The NAME of a `${NAME}` that phpdotenv would look up, where one begins; a `$` that is escaped is never asked. */
function variableAt(text: string, at: number): string | null {
  if (text.charAt(at) !== "$") return null
  variable.lastIndex = at
  return variable.exec(text)?.[1] ?? null
}
