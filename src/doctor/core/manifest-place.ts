import { nodeAt, type Place, type SettingNode } from "../../config/node.ts"
import type { Manifest } from "./manifest.ts"

/** Where a part of a manifest stands in its file, or else what it belongs into. */
export function placeIn({ root, linesBefore }: Manifest, path: readonly string[]): Place {
  let node: SettingNode | null = null
  for (let length = path.length; node === null && length >= 0; length -= 1) {
    node = nodeAt(root, path.slice(0, length))
  }
  const { line, column } = node?.place ?? root.place
  return { line: line + linesBefore, column }
}
