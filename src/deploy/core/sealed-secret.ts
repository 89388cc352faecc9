/** Whether what is sealed in an image is what the secret holds now. */
export type Freshness = "current" | "stale" | "unknown"

export interface SealedSecret {
  readonly state: Freshness
  /** The versions that are sealed, in the order of the secrets; empty when they were not recorded. */
  readonly versions: readonly string[]
}

export interface SecretStatus {
  /** As the settings name it. */
  readonly secret: string
  /** The version that would be sealed now; `null` when it could not be asked. */
  readonly version: string | null
}

/**
 * Compares what is sealed with what would be sealed now.
 *
 * @param recorded the versions as a deploy wrote them down: of each secret in its order, joined by commas.
 */
export function sealedSecret(recorded: string | undefined, secrets: readonly SecretStatus[]): SealedSecret {
  const versions = (recorded ?? "").split(",").filter((version) => version !== "")
  return { state: freshness(versions, secrets), versions }
}

function freshness(versions: readonly string[], secrets: readonly SecretStatus[]): Freshness {
  // With another number of secrets than now, nobody knows which version is of which.
  if (versions.length === 0 || versions.length !== secrets.length) return "unknown"
  const pairs = secrets.map(({ version }, index) => [versions[index], version] as const)
  if (pairs.some(([sealed, now]) => now !== null && now !== sealed)) return "stale"
  return pairs.every(([, now]) => now !== null) ? "current" : "unknown"
}
