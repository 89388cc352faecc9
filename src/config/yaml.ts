import {
  type Alias,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type Range,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml"
import { printable } from "../core/text.ts"
import type { Fault } from "./fault.ts"
import type { MapEntry, Place, ScalarValue, SettingNode } from "./node.ts"

/** What a text of YAML holds, or why it cannot be read. */
export type YamlReading =
  | { readonly root: SettingNode; readonly faults: readonly [] }
  | { readonly root: null; readonly faults: readonly [Fault, ...Fault[]] }

/** No settings need as many; aliases count each time they are used. */
const maxNodes = 20_000
const maxDepth = 16

/**
 * Reads one document of YAML 1.2, core schema, with anchors and aliases, but without tags and directives.
 *
 * Of several errors of syntax only the first is told: the others are commonly its consequences.
 */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter()
  const source = text.replace(/^\u{feff}/u, "")
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    resolveKnownTags: false,
    stringKeys: true,
    // Each key is compared with each by the package; here they go through a map.
    uniqueKeys: false,
    logLevel: "error",
  })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const [first] = [...document.errors, ...document.warnings].sort((one, other) => one.pos[0] - other.pos[0])
  if (first !== undefined) return refuse(placeOf(first.pos[0]), syntaxReasons[first.code])
  if (document.directives.yaml.explicit) {
    return refuse({ line: 1, column: 1 }, "has a %YAML line; remove it")
  }
  const reader = new TreeReader(document, placeOf)
  const root = reader.read()
  const [fault, ...others] = reader.faults
  return fault === undefined ? { root, faults: [] } : { root: null, faults: [fault, ...others] }
}

function refuse(place: Place, reason: string): YamlReading {
  return { root: null, faults: [{ code: "BAD_SETTING", place, reason }] }
}

/** The package's own words may quote the text, and do not say what to write. */
const syntaxReasons = {
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
  MULTILINE_IMPLICIT_KEY: "is not a name in one line with its colon; write NAME: VALUE",
  MULTIPLE_ANCHORS: "has two anchors; write one",
  MULTIPLE_DOCS: "begins a second document; keep one, without --- after it",
  MULTIPLE_TAGS: "has tags; remove what begins with !",
  NON_STRING_KEY: "is no name; write text before the colon",
  RESOURCE_EXHAUSTION: "is nested too deeply; write it as docs/config.md shows",
  TAB_AS_INDENT: "begins with a tab; indent with blanks",
  TAG_RESOLVE_FAILED: "has a tag; remove what begins with !",
  UNEXPECTED_TOKEN: "cannot stand here; write NAME: VALUE, with text that has special characters in quotes",
} as const satisfies Record<ErrorCode, string>

/** Turns the package's tree into ours. Stops early when there is far too much. */
class TreeReader {
  readonly faults: Fault[] = []
  readonly #document: Document.Parsed
  readonly #placeOf: (offset: number) => Place
  readonly #targets: ReadonlyMap<Alias, ParsedNode>
  #nodes = 0

  constructor(document: Document.Parsed, placeOf: (offset: number) => Place) {
    this.#document = document
    this.#placeOf = placeOf
    this.#targets = aliasTargets(document)
  }

  read(): SettingNode {
    return this.#node(this.#document.contents, { line: 1, column: 1 }, [])
  }

  /** @param fallback where it would stand, when nothing is written there. */
  #node(node: ParsedNode | null, fallback: Place, path: readonly string[]): SettingNode {
    const place = node === null ? fallback : this.#place(node)
    const nothing: SettingNode = { kind: "scalar", value: null, source: "", place, path }
    this.#nodes += 1
    const excess =
      this.#nodes > maxNodes
        ? `has more than ${maxNodes} settings`
        : path.length > maxDepth
          ? syntaxReasons.RESOURCE_EXHAUSTION
          : null
    if (excess !== null) {
      // It would be told again and again: the rest is as excessive.
      if (this.faults.length === 0) this.#fault(place, excess)
      return nothing
    }
    if (isMap<ParsedNode, ParsedNode>(node)) {
      return { kind: "map", entries: this.#entries(node, path), place, path }
    }
    if (isSeq<ParsedNode>(node)) return { kind: "list", items: this.#items(node, path), place, path }
    if (isAlias(node)) {
      const target = this.#target(node)
      return target === null ? nothing : { ...this.#node(target, place, path), place }
    }
    return isScalar(node) ? { ...nothing, ...scalarOf(node) } : nothing
  }

  #target(alias: Alias.Parsed): ParsedNode | null {
    const target = this.#targets.get(alias) ?? null
    const name = printable(alias.source, 40)
    if (target === null) {
      this.#fault(
        this.#place(alias),
        `*${name} repeats nothing; write &${name} before what it repeats, further up`,
      )
    }
    return target
  }

  #items(list: YAMLSeq<ParsedNode>, path: readonly string[]): SettingNode[] {
    return list.items.map((item, at) => this.#node(item, this.#place(list), [...path, String(at)]))
  }

  #entries(map: YAMLMap<ParsedNode, ParsedNode | null>, path: readonly string[]): Map<string, MapEntry> {
    const entries = new Map<string, MapEntry>()
    for (const pair of map.items) this.#entry(pair, entries, path)
    return entries
  }

  #entry(pair: Pair<ParsedNode, ParsedNode | null>, into: Map<string, MapEntry>, path: readonly string[]) {
    const { key, value } = pair
    const keyPlace = this.#place(key)
    const name = isScalar(key) ? String(key.value) : null
    if (name === null || name === "" || name === "__proto__") {
      this.#fault(keyPlace, syntaxReasons.NON_STRING_KEY)
    } else if (into.has(name)) {
      this.#fault(keyPlace, syntaxReasons.DUPLICATE_KEY)
    } else {
      into.set(name, { keyPlace, node: this.#node(value, keyPlace, [...path, name]) })
    }
  }

  #place({ range }: { readonly range?: Range | null }): Place {
    return this.#placeOf(range?.[0] ?? 0)
  }

  #fault(place: Place, reason: string): void {
    this.faults.push({ code: "BAD_SETTING", place, reason })
  }
}

function scalarOf(node: Scalar): { value: ScalarValue; source: string } {
  const { value, source } = node
  const known = typeof value === "number" || typeof value === "boolean" || value === null
  return { value: known ? value : String(value), source: source ?? String(value) }
}

/** What each alias stands for: the last anchor of its name before it. */
function aliasTargets(document: Document.Parsed): Map<Alias, ParsedNode> {
  const anchors = new Map<string, ParsedNode>()
  const targets = new Map<Alias, ParsedNode>()
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source)
      if (target !== undefined) targets.set(alias, target)
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as ParsedNode)
    },
  })
  return targets
}
