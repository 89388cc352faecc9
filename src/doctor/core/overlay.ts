import { nodeAt, type SettingNode } from "../../config/node.ts"
import { readYaml } from "../../config/yaml.ts"
import { joinPath } from "./recipe/image-stage.ts"

/** A kustomization: what is applied is made of the files that it names. */
export interface Overlay {
  readonly path: string
  /** Files and folders, from the same top as `path`. */
  readonly sources: readonly string[]
}

/** How Kustomize calls its files. */
export const overlayNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const

const lists = ["resources", "bases", "components", "patchesStrategicMerge"]

/** @returns `null` for a text that is no YAML. */
export function overlayIn(text: string, path: string): Overlay | null {
  const { root } = readYaml(text)
  if (root === null) return null
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  const named = [
    ...lists.flatMap((list) => itemsOf(nodeAt(root, [list]))),
    ...itemsOf(nodeAt(root, ["patches"])).flatMap((patch) => nodeAt(patch, ["path"]) ?? []),
  ]
  const texts = named.flatMap((node) => (node.kind === "scalar" ? [String(node.value)] : []))
  return { path, sources: texts.map((one) => joinPath(`/${folder}`, one).slice(1)) }
}

function itemsOf(node: SettingNode | null): readonly SettingNode[] {
  return node?.kind === "list" ? node.items : []
}

/** Whether a file is one of which a kustomization makes something else, itself or in a folder. */
export function takes({ sources }: Overlay, path: string): boolean {
  return sources.some((source) => source === path || path.startsWith(`${source}/`))
}
