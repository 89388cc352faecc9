import { EnvsealError, type ErrorCode } from "../../core/error.ts"
import { inOrder } from "../../core/in-order.ts"
import type { Secret } from "../../core/secret.ts"
import { type Difference, diffEntries } from "../../dotenv/diff.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import type { Log } from "../../ports/log.ts"
import type { SecretStore } from "../../ports/secrets.ts"
import { sourceOf } from "../../seal/run/source.ts"
import type { DeployFailure } from "../core/plan.ts"
import type { SealedSecret, SecretStatus } from "../core/sealed-secret.ts"
import { failureOf } from "./failure.ts"

/** Which names of a secret are others than those that are sealed. Safe to print: no field here can hold a value. */
export interface ChangedNames {
  /** As the settings name it. */
  readonly secret: string
  /** `null` where they are not known: only that the secret changed. */
  readonly names: readonly Difference[] | null
}

export interface NamesPorts {
  /** Reads values, with the rights of the one who asks. */
  readonly secretReader: Pick<SecretStore, "read">
  readonly log: Pick<Log, "warn">
}

/** Why the names of a version may stay unknown, though nothing went wrong. */
const unreadable: readonly ErrorCode[] = [
  "ACCESS_DENIED",
  "KEY_UNUSABLE",
  "SOURCE_MISSING",
  "SECRET_MALFORMED",
]

/**
 * The names that changed since they were sealed, of each secret that is another version now. Who may not read the secret is
 * told so, and nothing more: that it changed is known without.
 */
export async function changedNames(
  secrets: readonly SecretStatus[],
  { versions }: Pick<SealedSecret, "versions">,
  ports: NamesPorts,
): Promise<{ readonly changed: readonly ChangedNames[]; readonly failures: readonly DeployFailure[] }> {
  if (versions.length !== secrets.length) return { changed: [], failures: [] }
  const found = await Promise.all(
    secrets.map(async ({ secret, version }, at) => {
      const sealed = versions[at]
      if (version === null || sealed === undefined || sealed === version) return null
      return namesOf(secret, { sealed, version }, ports)
    }),
  )
  const changed = found.filter((one) => one !== null)
  return {
    changed: changed.map(({ secret, names }) => ({ secret, names })),
    failures: changed.flatMap(({ failure }) => failure ?? []),
  }
}

async function namesOf(
  secret: string,
  { sealed, version }: { readonly sealed: string; readonly version: string },
  { secretReader, log }: NamesPorts,
) {
  try {
    const [before, after] = await inOrder(
      [sealed, version].map((versionId) => valuesAt(secret, versionId, secretReader)),
    )
    return { secret, names: diffEntries(before ?? new Map(), after ?? new Map()), failure: null }
  } catch (error) {
    if (!(error instanceof EnvsealError) || !unreadable.includes(error.code))
      return { secret, names: null, failure: failureOf(error) }
    log.warn(`which names of ${secret} changed is not told: ${error.message}`)
    return { secret, names: null, failure: null }
  }
}

async function valuesAt(
  secret: string,
  versionId: string,
  reader: NamesPorts["secretReader"],
): Promise<ReadonlyMap<string, Secret>> {
  const source = sourceOf(`aws-sm:${secret}`)
  const id = source?.type === "aws-sm" ? source.reference.id : secret
  const { bytes } = await reader.read({ id, version: { versionId } })
  const { entries } = readSecretJson(bytes, { source: `the secret ${id}`, nested: "json" })
  return new Map(entries.map(({ name, value }) => [name, value]))
}
