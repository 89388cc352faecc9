import { EnvsealError } from "../../core/error.ts"
import type { SecretStore } from "../../ports/secrets.ts"
import { sourceOf } from "../../seal/run/source.ts"
import type { DeployFailure } from "../core/plan.ts"
import type { SecretStatus } from "../core/sealed-secret.ts"
import { failureOf } from "./failure.ts"

/** The versions of the secrets, and which of them could not be asked. */
export interface CurrentVersions {
  readonly secrets: readonly SecretStatus[]
  readonly failures: readonly DeployFailure[]
}

/**
 * The versions that a build would seal now.
 *
 * @param secrets as the settings name them: name or ARN, with `#STAGE` or `#VERSION-ID` where it has one.
 */
export async function currentVersions(
  secrets: readonly string[],
  store: Pick<SecretStore, "currentVersion">,
): Promise<CurrentVersions> {
  const found = await Promise.all(secrets.map((secret) => versionOrFailure(secret, store)))
  return {
    secrets: found.map(({ secret, version }) => ({ secret, version })),
    failures: found.flatMap(({ failure }) => failure ?? []),
  }
}

async function versionOrFailure(secret: string, store: Pick<SecretStore, "currentVersion">) {
  try {
    return { secret, version: await currentVersion(secret, store), failure: null }
  } catch (error) {
    return { secret, version: null, failure: failureOf(error) }
  }
}

async function currentVersion(secret: string, store: Pick<SecretStore, "currentVersion">): Promise<string> {
  const source = sourceOf(`aws-sm:${secret}`)
  if (source?.type !== "aws-sm")
    throw new EnvsealError("CONFIG_MALFORMED", `${secret} is not a secret's name`)
  const { id, version } = source.reference
  // Without a label, there is nothing that could change.
  if (version !== null && "versionId" in version) return version.versionId
  const { versionId } = await store.currentVersion(id, version?.stage)
  return versionId
}
