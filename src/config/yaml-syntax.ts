import {
  type Document,
  type ErrorCode,
  isCollection,
  isScalar,
  type LineCounter,
  visit,
  type YAMLError,
} from "yaml"
import type { Place } from "./node.ts"

/** The package's own words may quote the text, and do not say what to write. */
export const syntaxReasons = {
  ALIAS_PROPS: "is an alias with an anchor or a tag; write *NAME alone",
  BAD_ALIAS: "is no name for an anchor; write &NAME, and *NAME where it is repeated",
  BAD_COLLECTION_TYPE: "has a tag of another kind; remove what begins with !",
  BAD_DIRECTIVE: "is a directive that is not known; remove the line that begins with %",
  BAD_DQ_ESCAPE:
    "is an escape that YAML does not have; write a backslash as \\\\, or the text in single quotes",
  BAD_INDENT: "is indented otherwise than its neighbours; begin the settings of one section in one column",
  BAD_PROP_ORDER: "has an anchor or a tag in the wrong place; write it just before the value",
  BAD_SCALAR_START: "begins with a character that YAML keeps for itself; put the text in quotes",
  BLOCK_AS_IMPLICIT_KEY: "has a second colon in its line; put the text in quotes, or begin a new line",
  BLOCK_IN_FLOW: "is indented lines within brackets; write all of it in brackets, or none",
  DUPLICATE_KEY: "is there already; remove one of the two",
  IMPOSSIBLE: "is not YAML; write NAME: VALUE",
  KEY_OVER_1024_CHARS: "is too long for a name; begin a new line after the name and its colon",
  MISSING_CHAR: "lacks a character: a colon and a blank after a name, a closing quote or bracket, or a comma",
  MULTILINE_IMPLICIT_KEY: "is not a name with its colon; write NAME: VALUE, with a blank between them",
  MULTIPLE_ANCHORS: "has two anchors; write one",
  MULTIPLE_DOCS: "begins a second document; keep one, without --- after it",
  MULTIPLE_TAGS: "has tags; remove what begins with !",
  NON_STRING_KEY: "is no name; write text before the colon",
  RESOURCE_EXHAUSTION: "is nested too deeply; write it as docs/config.md shows",
  TAB_AS_INDENT: "begins with a tab; indent with blanks",
  TAG_RESOLVE_FAILED: "has a tag; remove what begins with !",
  UNEXPECTED_TOKEN: "cannot stand here; write NAME: VALUE, with text that has special characters in quotes",
} as const satisfies Record<ErrorCode, string>

const unclosed = "lacks its end; write the closing quote or bracket"

/** Tells places by their offset in a text whose lines were counted. */
export function placeCounter(lines: LineCounter): (offset: number) => Place {
  return (offset) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

/** Where an error is, for a person who corrects it, and what to write there. */
export function explainSyntax(
  { code, pos: [offset] }: YAMLError,
  document: Document.Parsed,
  source: string,
): { offset: number; reason: string } {
  const isEnd = code === "MISSING_CHAR" || code === "BAD_INDENT"
  const opened = isEnd && !/["'\]}]/.test(source.charAt(offset - 1)) ? openedBefore(offset, document) : null
  if (opened !== null) return { offset: opened, reason: unclosed }
  const blanks = /^ */.exec(source.slice(offset))?.[0].length ?? 0
  return { offset: offset + blanks, reason: syntaxReasons[code] }
}

/** Where the innermost quotes or brackets begin that the package gave up to close at this place. */
function openedBefore(end: number, document: Document.Parsed): number | null {
  let found: number | null = null
  visit(document, {
    Node: (_, node) => {
      const opens = isScalar(node)
        ? node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE"
        : isCollection(node) && node.flow === true
      if (opens && node.range?.[1] === end && node.range[0] < end) found = node.range[0]
    },
  })
  return found
}
