import { Document, isCollection, isMap, isScalar, isSeq, type Node } from "yaml"
import type { z } from "zod"
import { parseConfig } from "./load.ts"
import { dataOf } from "./node.ts"
import { fileSchema, isDigits } from "./schema.ts"
import { readYaml } from "./yaml.ts"

/** A settings file as it is written: without defaults filled in, and aliases followed. */
export type WrittenFile = z.output<typeof fileSchema>

/** Settings of one environment, or of `defaults`, as they are written. */
export type WrittenPart = WrittenFile["environments"][string]

/**
 * What a settings file says.
 *
 * @param file what it is called in messages.
 * @throws EnvsealError `CONFIG_MALFORMED` as `parseConfig` does.
 */
export function readWritten(text: string, file: string): WrittenFile {
  parseConfig(text, file)
  const { root } = readYaml(text)
  if (root === null) throw new Error("a settings file that was read cannot be read")
  const data = dataOf(root, isDigits)
  fileSchema.parse(data)
  // Its own order, which the schema's output has not.
  return data as WrittenFile
}

/** How an entry is written. */
export interface EntryStyle {
  /** An entry to copy the style from: lists and mappings are in brackets where it has them so; `null` for none. */
  readonly like: unknown
  /** How many columns further in the settings of a section begin. */
  readonly indent: number
  /** Whether the whole entry is one line in brackets. */
  readonly inBrackets: boolean
  /** Whether lists have a blank within their brackets. */
  readonly padded: boolean
  /** Whether every text is in double quotes, as JSON has them. */
  readonly quotes: boolean
}

/** An environment's entry as lines of YAML, the name's own column being the first. */
export function renderEntry(name: string, entry: WrittenPart, style: EntryStyle): string[] {
  const document = new Document({ [name]: entry }, { schema: "core" })
  const node = document.get(name, true)
  putInBrackets(node, style.like)
  const type = style.quotes ? "QUOTE_DOUBLE" : "PLAIN"
  const text = document.toString({
    indent: style.indent,
    lineWidth: 0,
    defaultStringType: type,
    defaultKeyType: type,
    ...(style.inBrackets ? { collectionStyle: "flow" } : {}),
  })
  const trimmed = style.padded ? text.trimEnd() : withoutPadding(text.trimEnd())
  // The mapping around the one entry is the file's own.
  return style.inBrackets ? [trimmed.replace(/^\{\s*/, "").replace(/\s*\}$/, "")] : trimmed.split("\n")
}

/** Mappings keep their blanks. A list with quotes is left as it is: what looks like a bracket may be text. */
function withoutPadding(text: string): string {
  return text.replace(/\[ ([^\n"'[\]]*) \]/g, "[$1]")
}

/** Those collections that are in brackets in the other entry too, and lists of a few words that it does not have. */
function putInBrackets(node: unknown, like: unknown): void {
  if (!isCollection(node)) return
  if (isCollection(like)) node.flow = like.flow === true
  else if (isSeq(node)) node.flow = node.items.length <= 3 && node.items.every((item) => isScalar(item))
  if (isMap<Node, Node>(node)) {
    for (const { key, value } of node.items) {
      putInBrackets(value, isMap(like) && isScalar(key) ? like.get(key.value, true) : null)
    }
  } else if (isSeq<Node>(node)) {
    for (const [at, item] of node.items.entries())
      putInBrackets(item, isSeq(like) ? like.get(at, true) : null)
  }
}
