import { dataOf } from "../../config/node.ts"
import { isJsonObject } from "../../core/json-object.ts"
import { readManifests } from "../../doctor/run/manifests.ts"
import type { Files, Folders, WorkTree } from "../../ports/files.ts"
import { readComposer } from "../core/composer.ts"
import { nodeLockFiles } from "../core/node-package.ts"
import { type OwnWorkload, ownWorkload } from "../core/own-workloads.ts"
import { isFileAt, textAt } from "./repository-file.ts"

/** What is in a repository around the app itself. */
export interface FoundAround {
  /** Workloads that have a manifest, but for those that `envseal init` wrote. */
  readonly workloads: readonly OwnWorkload[]
  /** Paths of recipes for images, but for `Dockerfile` at the top. */
  readonly dockerfiles: readonly string[]
  /** Folders below the top that have a Laravel app. */
  readonly apps: readonly string[]
  /** Lock files of Node's package managers. */
  readonly lockFiles: readonly string[]
  /** Whether there is a folder `public`. */
  readonly hasPublic: boolean
}

export interface SurroundingsPorts {
  readonly tree: WorkTree
  readonly files: Files
  readonly folders: Folders
}

/** However it is called: Docker takes any name (`docker build --file`). */
const recipe = /(?:^|\/)(?:(?:docker|container)file(?:[._-][\w.-]+)?|[\w.-]+\.(?:docker|container)file)$/i
/** Ends of usual names, which are looked for by themselves: a list of all files is not longer than some thousands. */
const usualEnds = [
  ...["Containerfile", "dockerfile"],
  ...["", ".dev", ".local", ".prod", ".production", ".ci", ".base"].map((end) => `Dockerfile${end}`),
]
/** What is about a recipe, and none itself. */
const noRecipe = /\.(?:dockerignore|envseal|bak|orig|md)$/i
/** Hidden folders in which recipes are. */
const hidden = [".docker/", ".devcontainer/", ".deploy/", ".infra/", ".build/", ".ci/"]
const maxApps = 50

/** Looks into all folders, but for those of packages. */
export async function lookAroundApp(ports: SurroundingsPorts): Promise<FoundAround> {
  const { tree, folders } = ports
  const found = await Promise.all([
    folders.files("", usualEnds),
    ...["", ...hidden].map((root) => folders.files(root, [""])),
  ])
  const recipes = [...new Set(found.flat())].filter((path) => recipe.test(path) && !noRecipe.test(path))
  const lockFiles: string[] = []
  for (const name of Object.keys(nodeLockFiles)) if (await isFileAt(name, tree)) lockFiles.push(name)
  const standing = await tree.look("public")
  return {
    // What init writes has it in every pod template.
    workloads: await workloadsIn({ ...ports, root: "" }, (json) => !json.includes("ENVSEAL_EXPECT")),
    dockerfiles: recipes.filter((path) => path !== "Dockerfile").sort(),
    apps: await appsIn(await folders.files("", ["/composer.json"]), tree),
    lockFiles,
    hasPublic: standing.type === "blocked" && standing.by === "folder",
  }
}

/**
 * The workloads that the repository has manifests of.
 *
 * @param counts whether a manifest does, by its JSON.
 */
export async function workloadsIn(
  ports: Parameters<typeof readManifests>[0],
  counts: (json: string) => boolean = () => true,
): Promise<OwnWorkload[]> {
  const found = (await readManifests(ports)).flatMap(({ root, path }) => {
    const data = dataOf(root, () => false)
    if (!isJsonObject(data) || !counts(JSON.stringify(data))) return []
    return ownWorkload(data, path) ?? []
  })
  return [...new Map(found.map((one) => [`${one.text} ${one.namespace}`, one])).values()]
}

async function appsIn(paths: readonly string[], tree: WorkTree): Promise<string[]> {
  const found: string[] = []
  for (const path of paths.filter((one) => one.endsWith("/composer.json")).slice(0, maxApps)) {
    const facts = readComposer((await textAt(path, tree)) ?? "")
    if (facts?.laravel != null) found.push(path.replace(/\/composer\.json$/, ""))
  }
  return found
}
