import type { WorkTree } from "../../ports/files.ts"
import type { App } from "../core/app.ts"
import type { ComposerFacts } from "../core/composer.ts"
import { branchOf } from "../core/git-files.ts"
import { lookAtApp } from "./app-look.ts"
import { namesIn, originIn, textAt } from "./repository-file.ts"
import { type FoundAround, lookAroundApp, type SurroundingsPorts } from "./surroundings-look.ts"

/** What is there before `envseal init` writes anything. */
export interface FoundRepository {
  /** `null` without a composer.json, or one that can be read. */
  readonly composer: ComposerFacts | null
  /** Files that are there, and are not what their name says. */
  readonly broken: readonly string[]
  /** What its files say of the app. */
  readonly app: App
  /** Whether there is an `envseal.yaml`. */
  readonly isSetUp: boolean
  /** What else is in the repository. */
  readonly around: FoundAround
  /** The text of `Dockerfile`, which then stays as it is; `null` when there is none. */
  readonly dockerfile: string | null
  /** Whether there is a `buildspec.yml`, which is what CodeBuild takes when the project names no other. */
  readonly hasOwnBuildspec: boolean
  /** The names that `.env.example` wants of a secret; `null` when there is none. */
  readonly exampleNames: readonly string[] | null
  /** The text of `.gitignore`; `null` when there is none. */
  readonly gitignore: string | null
  /** The text of `.gitattributes`; `null` when there is none. */
  readonly gitattributes: string | null
  /** The URL of the repository, without a password. */
  readonly origin: string | null
  /** The branch that others start from, as far as it is known. */
  readonly mainBranch: string | null
  /** Names of the kubeconfig's contexts. */
  readonly contexts: readonly string[]
  /** The AWS Region of this machine. */
  readonly region: string | null
  /** A folder with a clone of envseal; `null` for none that is known. */
  readonly clone: string | null
}

export interface LookPorts extends SurroundingsPorts {
  /** Names of the kubeconfig's contexts, none when there is no kubeconfig. */
  readonly contexts: () => readonly string[]
  readonly region: string | null
  readonly clone: string | null
}

/** @throws EnvsealError `INPUT_UNREADABLE` or `INPUT_TOO_LARGE` for a file that is there and cannot be read. */
export async function lookAround(ports: LookPorts): Promise<FoundRepository> {
  const { tree, contexts, region, clone } = ports
  const looked = await lookAtApp(tree)
  return {
    ...looked,
    around: await lookAroundApp(ports),
    isSetUp: (await tree.look("envseal.yaml")).type !== "nothing",
    dockerfile: await textAt("Dockerfile", tree),
    hasOwnBuildspec: (await tree.look("buildspec.yml")).type !== "nothing",
    exampleNames: await namesIn(tree),
    gitignore: await textAt(".gitignore", tree),
    gitattributes: await textAt(".gitattributes", tree),
    origin: await originIn(tree),
    mainBranch: await mainBranch(tree),
    contexts: contexts(),
    region,
    clone,
  }
}

/** What `origin` says it is, or the branch that is checked out when it is called as such ones are. */
async function mainBranch(tree: WorkTree): Promise<string | null> {
  const head = branchOf((await textAt(".git/refs/remotes/origin/HEAD", tree)) ?? "")
  if (head !== null) return head
  const current = branchOf((await textAt(".git/HEAD", tree)) ?? "")
  return current === "main" || current === "master" ? current : null
}
