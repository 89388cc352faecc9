import { nodeAt, type SettingNode } from "../../config/node.ts"
import { readYaml } from "../../config/yaml.ts"
import { workloadKinds, workloadText } from "../../core/workload.ts"
import type { RepositoryPorts } from "./ports.ts"
import { readText } from "./repository-text.ts"
import type { ManifestPaths } from "./workload.ts"

/** One object of Kubernetes in a file of the repository. */
export interface Manifest {
  readonly path: string
  readonly kind: string
  readonly name: string
  /** `null` when the manifest leaves it to whoever applies it. */
  readonly namespace: string | null
  readonly root: SettingNode
  /** Lines of the file before it. */
  readonly linesBefore: number
}

/** The objects in the YAML files of the repository. What cannot be read as such, as a template of Helm, is none. */
export async function readManifests({
  files,
  folders,
  root: top,
}: RepositoryPorts): Promise<readonly Manifest[]> {
  const paths = await folders.files(top, [".yaml", ".yml"])
  const found = await Promise.all(
    paths.map(async (path) => {
      const text = await readText(files, path)
      return text === null || !text.includes("apiVersion") ? [] : manifestsIn(text, path)
    }),
  )
  return found.flat()
}

/** The objects of one file, of which there can be several. */
export function manifestsIn(text: string, path: string): readonly Manifest[] {
  const manifests: Manifest[] = []
  let linesBefore = 0
  for (const part of text.split(/^---.*$/m)) {
    const root = readYaml(part).root
    const manifest = root === null ? null : manifestOf(root, path, linesBefore)
    if (manifest !== null) manifests.push(manifest)
    linesBefore += part.split("\n").length - 1
  }
  return manifests
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

/**
 * Paths of the files that have the workloads of a namespace, by `deployment/web`; a name that stands in several is
 * none's.
 */
export async function findManifests(
  ports: RepositoryPorts,
  namespace: string | null,
): Promise<ManifestPaths> {
  const paths: Record<string, string> = {}
  const several = new Set<string>()
  for (const manifest of await readManifests(ports)) {
    const text = workloadTextOf(manifest)
    if (text === null || (manifest.namespace !== null && manifest.namespace !== namespace)) continue
    if (paths[text] !== undefined) several.add(text)
    paths[text] = manifest.path
  }
  return Object.fromEntries(Object.entries(paths).filter(([text]) => !several.has(text)))
}

/** `deployment/web`; `null` for what is no workload. */
export function workloadTextOf({ kind, name }: Manifest): string | null {
  const known = workloadKinds.find((one) => one === kind)
  return known === undefined ? null : workloadText({ kind: known, name })
}
