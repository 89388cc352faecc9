import { type DockerBuild, usualDockerBuild } from "../core/docker-build.ts"
import { isIgnored } from "../core/dockerignore.ts"
import type { BuildContext } from "../core/recipe/context.ts"
import { stagesIn } from "../core/recipe/image-stage.ts"
import { isPlainName } from "../core/recipe/plain-file.ts"
import { isPattern, transfersIn } from "../core/recipe/transfer.ts"
import type { RepositoryPorts } from "./ports.ts"
import { readRepositoryText } from "./repository-text.ts"

/** What the image is built from. */
export interface ImageBuildFacts {
  readonly build: DockerBuild
  /** Text of the Dockerfile; `null` for none. */
  readonly dockerfile: string | null
  /** That of the Dockerfile alone counts before that of the folder, as BuildKit has it. */
  readonly dockerignore: { readonly path: string; readonly text: string | null }
  readonly context: BuildContext
}

const maxFiles = 200
/** What is likely to be a script that starts something, or the configuration of one that does. */
const startFile =
  /\.(?:sh|bash|conf|ini)$|(?:^|[/._-])(?:entry|entrypoint|start|boot|run|init)(?:[._-][\w-]+)?$/

/** @param build what the buildspec says of it; `null` for nothing that is known. */
export async function learnImageBuild(
  build: DockerBuild | null,
  ports: RepositoryPorts,
): Promise<ImageBuildFacts> {
  const { files, root } = ports
  const known = build ?? usualDockerBuild
  const top = `${root}${known.folder === "" ? "" : `${known.folder}/`}`
  const [dockerfile, own, ofFolder] = await Promise.all([
    readRepositoryText(files, `${root}${known.file}`),
    readRepositoryText(files, `${root}${known.file}.dockerignore`),
    readRepositoryText(files, `${top}.dockerignore`),
  ])
  const dockerignore =
    own === null
      ? { path: `${top.slice(root.length)}.dockerignore`, text: ofFolder }
      : { path: `${known.file}.dockerignore`, text: own }
  const context = {
    files: await readContext(dockerfile ?? "", top, ports),
    isIgnored: ignoring(dockerignore.text),
  }
  return { build: known, dockerfile, dockerignore, context }
}

function ignoring(text: string | null): BuildContext["isIgnored"] {
  const lines = (text ?? "").split(/\r?\n/)
  return (path) => {
    try {
      return isIgnored(path, lines)
    } catch (error) {
      // A line that Docker cannot read is told of elsewhere, and then nothing is built.
      if (error instanceof SyntaxError) return false
      throw error
    }
  }
}

/** The files that a Dockerfile names, and those that may start something or hold a configuration. */
async function readContext(
  dockerfile: string,
  top: string,
  { files, folders }: RepositoryPorts,
): Promise<ReadonlyMap<string, string>> {
  const stages = stagesIn(dockerfile)
  const sources = stages
    .flatMap(({ steps }) => steps.flatMap((step) => transfersIn(step, stages)))
    .filter(({ origin, source }) => origin.type === "context" && source !== "" && !isPattern(source))
    .map(({ source }) => source)
  // Folders that the Dockerfile names are looked into, also where they are hidden, and as deep as those of s6 are.
  const named = sources.filter((source) => !source.includes("\0"))
  const all = await Promise.all(
    ["", ...named.map((one) => `${one}/`)].map((one) => folders.files(`${top}${one}`, [""])),
  )
  const likely = all
    .flat()
    .map((path) => path.slice(top.length))
    .filter((path) => isPlainName(path) || startFile.test(path))
  const paths = [...new Set([...sources, ...likely])].slice(0, maxFiles)
  const found = await Promise.all(
    paths.map(async (path) => [path, await readRepositoryText(files, `${top}${path}`)] as const),
  )
  return new Map(found.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])))
}
