import type { ContextSummary } from "../../adapters/kubernetes/kubeconfig.ts"
import { EnvsealError } from "../../core/error.ts"
import type { EnvAddPorts } from "../../setup/run/env-add.ts"
import type { LookPorts } from "../../setup/run/repository-look.ts"
import type { CommandLog } from "../log.ts"
import { deployerAws } from "./aws.ts"

/**
 * AWS for `env add`: asks which account this is, and makes the secret when that is wanted.
 *
 * @param givenProfile the one of the command line; `null` for none.
 */
export function environmentAws(givenProfile: string | null, log: CommandLog): EnvAddPorts["aws"] {
  return async (settings) => {
    const place = givenProfile === null ? settings : { ...settings, givenProfile }
    const [aws, { AwsAccountService }, { AwsSecretCreator }] = await Promise.all([
      deployerAws(place, log),
      import("../../adapters/aws/account.ts"),
      import("../../adapters/aws/secret-creator.ts"),
    ])
    return {
      account: new AwsAccountService(aws.settings, aws.credentials),
      secrets: new AwsSecretCreator(aws.settings, aws.credentials),
    }
  }
}

/** The files of the repository that `init` and `env add` set up. */
export async function initPorts(): Promise<Pick<LookPorts, "files" | "folders">> {
  const [{ nodeFiles }, { nodeFolders }] = await Promise.all([
    import("../../adapters/node/files.ts"),
    import("../../adapters/node/folders.ts"),
  ])
  return { files: nodeFiles, folders: nodeFolders }
}

/** The names of the kubeconfig's contexts. One that cannot be read is no reason to stop: it only suggests. */
export async function contextNames(log: CommandLog): Promise<() => readonly string[]> {
  const { kubeconfigContexts } = await import("../../adapters/kubernetes/kubeconfig.ts")
  return () => {
    try {
      return kubeconfigContexts(process.env)
        .toSorted(currentFirst)
        .map(({ name }) => name)
    } catch (error) {
      if (!(error instanceof EnvsealError)) throw error
      log.debug(error.message)
      return []
    }
  }
}

function currentFirst(one: ContextSummary, other: ContextSummary): number {
  return Number(other.current) - Number(one.current) || one.name.localeCompare(other.name)
}
