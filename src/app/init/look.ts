import { decodeUtf8 } from "../../core/text.ts"
import { requiredNames } from "../../dotenv/example.ts"
import type { WorkTree } from "../../ports/work-tree.ts"
import { type ComposerFacts, readComposer } from "../../setup/composer.ts"
import { branchOf, originOf } from "../../setup/git-files.ts"

/** What is there before `envseal init` writes anything. */
export interface Surroundings {
  /** `null` without a composer.json. */
  readonly composer: ComposerFacts | null
  /** Whether there is a `buildspec.yml`, which is what CodeBuild takes when the project names no other. */
  readonly hasOwnBuildspec: boolean
  /** The names that `.env.example` asks for; `null` when there is none. */
  readonly exampleNames: readonly string[] | null
  /** The text of `.gitignore`; `null` when there is none. */
  readonly gitignore: string | null
  /** The URL of the repository, without a password. */
  readonly origin: string | null
  /** The branch that others start from, as far as it is known. */
  readonly mainBranch: string | null
  /** Names of the kubeconfig's contexts. */
  readonly contexts: readonly string[]
  /** The AWS Region of this machine. */
  readonly region: string | null
}

export interface LookPorts {
  readonly tree: WorkTree
  /** Names of the kubeconfig's contexts, none when there is no kubeconfig. */
  readonly contexts: () => readonly string[]
  readonly region: string | null
}

/** @throws EnvsealError `INPUT_UNREADABLE` or `INPUT_TOO_LARGE` for a file that is there and cannot be read. */
export async function lookAround({ tree, contexts, region }: LookPorts): Promise<Surroundings> {
  const text = (path: string) => textAt(tree, path)
  const [composer, config] = [await text("composer.json"), await text(".git/config")]
  const example = await text(".env.example")
  return {
    composer: composer === null ? null : readComposer(composer),
    hasOwnBuildspec: (await tree.look("buildspec.yml")).type !== "nothing",
    exampleNames: example === null ? null : requiredNames(example),
    gitignore: await text(".gitignore"),
    origin: config === null ? null : originOf(config),
    mainBranch: await mainBranch(text),
    contexts: contexts(),
    region,
  }
}

/** @returns `null` for what is no file, or no text. */
async function textAt(tree: WorkTree, path: string): Promise<string | null> {
  const standing = await tree.look(path)
  return standing.type === "file" ? decodeUtf8(standing.bytes) : null
}

/** What `origin` says it is, or the branch that is checked out when it is called as such ones are. */
async function mainBranch(text: (path: string) => Promise<string | null>): Promise<string | null> {
  const head = branchOf((await text(".git/refs/remotes/origin/HEAD")) ?? "")
  if (head !== null) return head
  const current = branchOf((await text(".git/HEAD")) ?? "")
  return current === "main" || current === "master" ? current : null
}
