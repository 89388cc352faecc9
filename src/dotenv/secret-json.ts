import { type DocumentNode, type MemberNode, parse, tokenize, type ValueNode } from "@humanwhocodes/momoa"
import { EnvsealError, type Problem } from "../core/error.ts"
import { jsonExcess } from "../core/json-weight.ts"
import { Secret } from "../core/secret.ts"
import { decodeUtf8 } from "../core/text.ts"
import type { Entry } from "./entry.ts"
import { maxNames, nameProblem } from "./name.ts"

export interface SecretJsonOptions {
  /** What the secret is called in messages, such as `env:APP_SECRET`. */
  readonly source: string
  /** `json` keeps objects and arrays as compact JSON text; `refuse` makes each a problem. */
  readonly nested: "refuse" | "json"
  /** The source that would read the same text as a `.env`, such as `dotenv:.env`; `null` where there is none. */
  readonly asDotenv?: string | null
}

/** What a secret holds, and every name in it that may not be sealed. */
export interface SecretJson {
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
}

/**
 * Reads a secret: one JSON object of names to values. Strings stay as they are, numbers exactly as written
 * (`1.10` and `12345678901234567890` included), and nothing of a value reaches a message.
 *
 * @throws EnvsealError `SECRET_MALFORMED` when it is no such object, with line and column where there is one.
 */
export function readSecretJson(bytes: Uint8Array, options: SecretJsonOptions): SecretJson {
  const text = decodeText(bytes, options.source)
  const members = topMembers(text, options)
  if (members.length === 0) malformed(options.source, "has no names")
  if (members.length > maxNames) malformed(options.source, `has more than ${maxNames} names`)
  const problems: Problem[] = []
  const entries: Entry[] = []
  const firstSeen = new Map<string, MemberNode>()
  for (const member of members) {
    const name = stringAt(text, member.name)
    const first = firstSeen.get(name)
    const problem = first === undefined ? (nameProblem(name) ?? null) : duplicateProblem(name, first, member)
    firstSeen.set(name, first ?? member)
    if (problem !== null) {
      problems.push(problem)
      continue
    }
    const entry = readMember(text, name, member.value, options)
    if ("code" in entry) problems.push(entry)
    else entries.push(entry)
  }
  return { entries, problems }
}

function decodeText(bytes: Uint8Array, source: string): string {
  if (bytes.length === 0) malformed(source, "is empty")
  if (
    startsWith(bytes, [0xff, 0xfe]) ||
    startsWith(bytes, [0xfe, 0xff]) ||
    bytes.subarray(0, 2).includes(0)
  ) {
    malformed(source, "is UTF-16 or UTF-32, not UTF-8")
  }
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) malformed(source, "starts with a byte order mark")
  return decodeUtf8(bytes) ?? malformed(source, "is not UTF-8")
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => bytes[at] === byte)
}

function topMembers(text: string, { source, asDotenv = null }: SecretJsonOptions): readonly MemberNode[] {
  const body = parseDocument(text, source, asDotenv).body
  if (body.type !== "Object") malformed(source, `is a JSON ${body.type.toLowerCase()}, not an object`)
  return body.members
}

/**
 * The platform's own parser decides what JSON is; the syntax tree only adds positions. The parsers' messages
 * quote their input, so neither message nor cause is kept.
 */
function parseDocument(text: string, source: string, asDotenv: string | null): DocumentNode {
  const excess = jsonExcess(text)
  if (excess !== null) malformed(source, excess)
  const valid = isJson(text)
  let document: DocumentNode
  try {
    document = parse(text, { mode: "json", ranges: true })
  } catch (error) {
    if (error instanceof RangeError) malformed(source, "is nested too deeply")
    const hint = looksLikeDotenv(text) ? dotenvHint(asDotenv) : jsonHint
    malformed(source, `is not JSON${position(error)}`, hint, lineOf(error))
  }
  if (!valid) malformed(source, `is not JSON${rawControlCharacter(text)}`)
  return document
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function position(error: unknown): string {
  if (!(error instanceof Error && "line" in error && "column" in error)) return ""
  return ` (line ${error.line}, column ${error.column})`
}

function lineOf(error: unknown): number | null {
  return error instanceof Error && "line" in error ? Number(error.line) : null
}

/** What the tree's parser lets pass and JSON does not: most often a key pasted with its line breaks. */
function rawControlCharacter(text: string): string {
  const tokens = tokenize(text, { mode: "json", ranges: true })
  const token = tokens.find((one) => one.type === "String" && /[\0-\x1f]/.test(sourceOf(text, one)))
  return token ? ` (raw control character in the string at ${place(token)})` : ""
}

/** Where a node starts, such as `line 1, column 2`. */
function place(node: {
  readonly loc: { readonly start: { readonly line: number; readonly column: number } }
}) {
  return `line ${node.loc.start.line}, column ${node.loc.start.column}`
}

const jsonHint = 'a secret is one JSON object in UTF-8, such as {"APP_KEY": "…", "DB_PORT": 5432}'

function dotenvHint(asDotenv: string | null): string {
  return asDotenv === null
    ? "it looks like a .env, and a secret is JSON: store one JSON object of names and values"
    : `it looks like a .env: write ${asDotenv}`
}

/** Whether the first line that is neither blank nor a comment is `NAME=…`. */
function looksLikeDotenv(text: string): boolean {
  return /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.]*[ \t]*=/.test(text)
}

function malformed(source: string, what: string, hint = jsonHint, line: number | null = null): never {
  throw new EnvsealError("SECRET_MALFORMED", `${source} ${what}`, { hint, line })
}

function duplicateProblem(name: string, first: MemberNode, again: MemberNode): Problem {
  return { code: "DUPLICATE_NAME", name, reason: `stands at ${place(first)} and again at ${place(again)}` }
}

function sourceOf(text: string, node: { range?: readonly number[] | undefined }): string {
  return text.slice(node.range?.[0], node.range?.[1])
}

function stringAt(text: string, node: MemberNode["name"] | ValueNode): string {
  return String(JSON.parse(sourceOf(text, node)))
}

function readMember(
  text: string,
  name: string,
  node: ValueNode,
  options: SecretJsonOptions,
): Entry | Problem {
  switch (node.type) {
    case "String":
      return { name, kind: "string", value: new Secret(stringAt(text, node)) }
    case "Number":
      return { name, kind: "number", value: new Secret(sourceOf(text, node)) }
    case "Boolean":
    case "Null":
      return { name, kind: "literal", value: new Secret(sourceOf(text, node)) }
    default:
      return options.nested === "json"
        ? { name, kind: "nested", value: new Secret(compact(sourceOf(text, node))) }
        : { code: "NESTED_VALUE", name, reason: `is a JSON ${node.type.toLowerCase()}` }
  }
}

/** The same JSON without the blanks between its tokens; numbers and escapes stay as written. */
function compact(json: string): string {
  return tokenize(json, { mode: "json", ranges: true })
    .map((token) => sourceOf(json, token))
    .join("")
}
