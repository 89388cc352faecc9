import type { MapEntry, MapNode, SettingNode } from "./node.ts"

/**
 * A tree in which each `<<` is replaced by what it merges in, as YAML 1.1 does and Kubernetes with it: what a mapping says
 * itself counts before what is merged, and of several mappings the first.
 */
export function mergedNode(node: SettingNode): SettingNode {
  if (node.kind === "list") return { ...node, items: node.items.map(mergedNode) }
  if (node.kind === "scalar") return node
  const entries = new Map<string, MapEntry>()
  for (const [name, entry] of node.entries) {
    if (name === "<<") {
      for (const [key, merged] of mergedIn(entry.node)) if (!entries.has(key)) entries.set(key, merged)
    }
  }
  for (const [name, entry] of node.entries) {
    if (name !== "<<") entries.set(name, { ...entry, node: mergedNode(entry.node) })
  }
  return { ...node, entries }
}

function mergedIn(node: SettingNode): ReadonlyMap<string, MapEntry> {
  const sources = node.kind === "list" ? node.items : [node]
  const maps = sources.map(mergedNode).filter((one): one is MapNode => one.kind === "map")
  return new Map(maps.toReversed().flatMap(({ entries }) => [...entries]))
}
