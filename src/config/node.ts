/** A place in the text, both counted from one. */
export interface Place {
  readonly line: number
  readonly column: number
}

export type ScalarValue = string | number | boolean | null

/** A part of the settings with where it stands. Aliases are followed: their content has its own place. */
export type SettingNode = ScalarNode | ListNode | MapNode

interface Placed {
  readonly place: Place
  /** By which keys and indexes it was reached in the text, such as `["defaults", "build"]`. */
  readonly path: readonly string[]
}

export interface ScalarNode extends Placed {
  readonly kind: "scalar"
  readonly value: ScalarValue
  /** As written: `0123` and `1.10` are other texts than their numbers. */
  readonly source: string
}

export interface ListNode extends Placed {
  readonly kind: "list"
  readonly items: readonly SettingNode[]
}

export interface MapNode extends Placed {
  readonly kind: "map"
  readonly entries: ReadonlyMap<string, MapEntry>
}

export interface MapEntry {
  /** Where the key stands. */
  readonly keyPlace: Place
  readonly node: SettingNode
}

/** What is there at a path; `null` when nothing is. */
export function nodeAt(node: SettingNode, path: readonly string[]): SettingNode | null {
  const [step, ...rest] = path
  if (step === undefined) return node
  const next = node.kind === "map" ? node.entries.get(step)?.node : itemOf(node, step)
  return next === undefined ? null : nodeAt(next, rest)
}

function itemOf(node: SettingNode, step: string): SettingNode | undefined {
  return node.kind === "list" ? node.items[Number(step)] : undefined
}

/** The settings as plain data. Of numbers for which `keepSource` is true, it is the text that is given. */
export function dataOf(node: SettingNode, keepSource: (path: readonly string[]) => boolean): unknown {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "number" && keepSource(node.path) ? node.source : node.value
    case "list":
      return node.items.map((item) => dataOf(item, keepSource))
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([name, entry]) => [name, dataOf(entry.node, keepSource)]),
      )
  }
}

/** Mappings are merged, key by key; anything else in `over` replaces what is below it. */
export function mergeNodes(below: SettingNode, over: SettingNode): SettingNode {
  if (below.kind !== "map" || over.kind !== "map") return over
  const entries = new Map(below.entries)
  for (const [name, entry] of over.entries) {
    const old = below.entries.get(name)
    entries.set(name, old === undefined ? entry : { ...entry, node: mergeNodes(old.node, entry.node) })
  }
  return { ...over, entries }
}
