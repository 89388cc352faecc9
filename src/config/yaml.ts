import {
  type Alias,
  type Document,
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
import { explainSyntax, placeCounter, syntaxReasons } from "./yaml-syntax.ts"

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
 * Of several syntax errors only the first is reported: the others are commonly its consequences.
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
  const placeOf = placeCounter(lines)
  const [first] = [...document.errors, ...document.warnings].sort((one, other) => one.pos[0] - other.pos[0])
  if (first !== undefined) {
    const { offset, reason } = explainSyntax(first, document, source)
    return refuse(placeOf(offset), reason)
  }
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
    if (this.#isExcessive(place, path)) return nothing
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

  #isExcessive(place: Place, { length: depth }: readonly string[]): boolean {
    this.#nodes += 1
    if (this.#nodes <= maxNodes && depth <= maxDepth) return false
    const reason =
      depth > maxDepth
        ? syntaxReasons.RESOURCE_EXHAUSTION
        : `goes beyond ${maxNodes} settings, aliases counted each time; remove some`
    // It would be told again and again: the rest is as excessive.
    if (this.faults.length === 0) this.#fault(place, reason)
    return true
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
