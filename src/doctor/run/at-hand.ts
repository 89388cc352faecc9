import type { BuildProject } from "../../core/build.ts"
import type { AtHand } from "../core/at-hand.ts"
import type { Fact } from "../core/fact.ts"
import { projectBuildspec } from "../core/project-build.ts"
import type { DeployerPorts } from "./ports.ts"
import { readRepositoryText, readScripts } from "./repository-text.ts"

const buildspecs = ["buildspec.yaml", "buildspec.yml"]

/** What the repository has of the build that a project makes. */
export async function learnAtHand(
  { origin, files, folders, root }: Pick<DeployerPorts, "origin" | "files" | "folders" | "root">,
  project: Fact<BuildProject | null> | Promise<Fact<BuildProject | null>>,
): Promise<AtHand> {
  const [url, fact, scripts] = await Promise.all([
    origin.origin(),
    project,
    readScripts({ files, folders, root }),
  ])
  const known = fact.known ? fact.value : null
  const spec = known === null ? null : projectBuildspec(known)
  if (spec?.type === "text")
    return { origin: url, buildspec: spec.text, file: "the project's own buildspec", scripts }
  const found = await Promise.all(
    [...(spec?.type === "file" ? [spec.path] : []), ...buildspecs].map(async (path) => ({
      path,
      text: await readRepositoryText(files, `${root}${path}`),
    })),
  )
  const named = spec?.type === "file" ? found[0] : found.find(({ text }) => text !== null)
  if (named?.text != null)
    return { origin: url, buildspec: named.text, file: `${root}${named.path}`, scripts }
  const others =
    spec?.type === "file" ? found.filter(({ text }) => text !== null).map(({ path }) => path) : []
  return { origin: url, buildspec: null, others, scripts }
}
