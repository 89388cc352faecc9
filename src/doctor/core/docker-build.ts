import { optionWords } from "../../open/core/option-words.ts"
import { expandWord, unknownPart, type VariableLookup } from "./recipe/expansion.ts"
import { joinPath } from "./recipe/image-stage.ts"
import { shellCommands } from "./recipe/shell-command.ts"

/** What a `docker build` of the buildspec says of the image, as far as it is known. */
export interface DockerBuild {
  /** Path of the Dockerfile, from the top of the repository. */
  readonly file: string
  readonly target: string | null
  /** Arguments of the build; `null` for a value that is not known. */
  readonly given: Readonly<Record<string, string | null>>
  /** The folder that is sent to Docker; empty for the top of the repository. */
  readonly folder: string
}

const valued =
  "-f,--file -t,--tag -m,--memory -c,--cpu-shares -o,--output --target --build-arg --label --secret --ssh --platform --cache-from --cache-to --network --iidfile --progress --build-context --builder --add-host --attest --annotation --metadata-file --shm-size --ulimit"

export const usualDockerBuild: DockerBuild = { file: "Dockerfile", target: null, given: {}, folder: "" }

/**
 * The image build among the commands of a buildspec.
 *
 * @param variables what the buildspec gives to its commands, unless the project gives something else.
 * @returns `null` where there is none, or several that differ, or one that says what only the build knows.
 */
export function dockerBuildIn(
  commands: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): DockerBuild | null {
  const lookup = (name: string) => variables[name] ?? null
  const found = commands
    .flatMap((command) => shellCommands(command))
    .flatMap(({ words }) => buildOf(words, lookup) ?? [])
  const [first, ...others] = found
  if (first === undefined || others.some((one) => JSON.stringify(one) !== JSON.stringify(first))) return null
  return isUnknown(`${first.file}${first.target ?? ""}${first.folder}`) ? null : first
}

function buildOf(words: readonly string[], lookup: VariableLookup): DockerBuild | null {
  const at = words.indexOf("build")
  const before = words.slice(0, Math.max(at, 0))
  if (at < 1 || !/^(?:docker|podman|nerdctl|buildah)$/.test(before[0] ?? "")) return null
  if (!before.slice(1).every((word) => /^(?:buildx|image|builder|-\S+)$/.test(word))) return null
  const { options, words: rest } = optionWords(valued, words.slice(at + 1), () => true)
  const last = (name: string) => {
    const value = options.findLast((one) => one.name === name)?.value
    return value === undefined ? null : expandWord(value, lookup)
  }
  // `"${options[@]}"` of a shell stands for options.
  const [context = "."] = rest.filter((word) => !/^\$\{\w+\[@\]/.test(word))
  const folder = joinPath("/", expandWord(context, lookup)).replace(/^\//, "")
  const file = last("-f") ?? `${folder === "" ? "" : `${folder}/`}Dockerfile`
  const given = options
    .filter(({ name }) => name === "--build-arg")
    .map(({ value }) => argumentOf(value, lookup))
  return {
    file: joinPath("/", file).replace(/^\//, ""),
    target: last("--target"),
    given: Object.fromEntries(given),
    folder,
  }
}

function argumentOf(text: string, lookup: VariableLookup): readonly [string, string | null] {
  const at = text.indexOf("=")
  if (at < 0) return [text, lookup(text)]
  const value = expandWord(text.slice(at + 1), lookup)
  return [text.slice(0, at), isUnknown(value) ? null : value]
}

function isUnknown(text: string): boolean {
  return text.includes(unknownPart) || text.includes("`") || text.includes("$(")
}
