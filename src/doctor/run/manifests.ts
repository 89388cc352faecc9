import { type Manifest, manifestsIn, workloadTextOf } from "../core/manifest.ts"
import { type Overlay, overlayIn, overlayNames } from "../core/overlay.ts"
import type { ManifestPaths } from "../core/workload.ts"
import type { RepositoryPorts } from "./ports.ts"
import { readRepositoryText } from "./repository-text.ts"

/** The objects in the YAML files of the repository. What cannot be read as such, as a template of Helm, is none. */
export async function readManifests({
  files,
  folders,
  root: top,
}: RepositoryPorts): Promise<readonly Manifest[]> {
  const paths = await folders.files(top, [".yaml", ".yml"])
  const found = await Promise.all(
    paths.map(async (path) => {
      const text = await readRepositoryText(files, path)
      return text === null || !text.includes("apiVersion") ? [] : manifestsIn(text, path)
    }),
  )
  return found.flat()
}

/** The kustomizations of the repository. */
export async function readOverlays({ files, folders, root }: RepositoryPorts): Promise<readonly Overlay[]> {
  const paths = await folders.files(root, overlayNames)
  const found = await Promise.all(
    paths.map(async (path) => overlayIn((await readRepositoryText(files, path)) ?? "", path)),
  )
  return found.filter((one) => one !== null)
}

/**
 * Paths of the files that have the workloads of a namespace, by `deployment/web`; a name that stands in several is
 * left out.
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
