import { mergedNode } from "../../config/merge-key.ts"
import { nodeAt, type SettingNode } from "../../config/node.ts"
import { readYaml } from "../../config/yaml.ts"
import { workloadKinds, workloadText } from "../../core/workload.ts"

/** One object of Kubernetes in a file of the repository. */
export interface Manifest {
  readonly path: string
  readonly kind: string
  readonly name: string
  /** `null` when the manifest leaves it to the person who applies it. */
  readonly namespace: string | null
  readonly root: SettingNode
  /** Lines of the file before it. */
  readonly linesBefore: number
}

/** The objects of one file, of which there can be several. */
export function manifestsIn(text: string, path: string): readonly Manifest[] {
  const manifests: Manifest[] = []
  let linesBefore = 0
  for (const part of text.split(/^---.*$/m)) {
    const root = readYaml(part).root
    for (const object of root === null ? [] : objectsIn(mergedNode(root))) {
      const manifest = manifestOf(object, path, linesBefore)
      if (manifest !== null) manifests.push(manifest)
    }
    linesBefore += part.split("\n").length - 1
  }
  return manifests
}

/** The objects of a List, or the one that it is. */
function objectsIn(root: SettingNode): readonly SettingNode[] {
  const kind = nodeAt(root, ["kind"])
  const items = nodeAt(root, ["items"])
  const isList = kind?.kind === "scalar" && /List$/.test(String(kind.value)) && items?.kind === "list"
  return isList ? items.items.flatMap(objectsIn) : [root]
}

function manifestOf(root: SettingNode, path: string, linesBefore: number): Manifest | null {
  const text = (...steps: readonly string[]) => {
    const node = nodeAt(root, steps)
    return node?.kind === "scalar" && typeof node.value === "string" ? node.value : null
  }
  const kind = text("kind")
  const name = text("metadata", "name")
  if (kind === null || name === null || text("apiVersion") === null) return null
  return { path, kind, name, namespace: text("metadata", "namespace"), root, linesBefore }
}

/** `deployment/web`; `null` for what is no workload. */
export function workloadTextOf({ kind, name }: Manifest): string | null {
  const known = workloadKinds.find((one) => one === kind)
  return known === undefined ? null : workloadText({ kind: known, name })
}
