import { Fault } from "./fault.ts"
import { constraint } from "./members.ts"
import type { Secret, SecretVersion } from "./world.ts"

const maxBytes = 65_536

/** @throws ResourceNotFoundException, or InvalidRequestException when id and stage are of different versions. */
export function pickVersion(
  secret: Secret,
  id: string | undefined,
  stage: string | undefined,
): SecretVersion {
  if (id === undefined) {
    const label = stage ?? "AWSCURRENT"
    const version = secret.versions.find(({ stages }) => stages.includes(label))
    return version ?? notFound(`staging label: ${label}`)
  }
  const version = secret.versions.find((one) => one.id === id) ?? notFound(`VersionId: ${id}`)
  if (stage === undefined || version.stages.includes(stage)) return version
  throw new Fault(
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.",
  )
}

/** The version that a write makes, without stages yet. @returns `null` when the write has no value. */
export function newVersion(
  members: {
    readonly ClientRequestToken?: string
    readonly SecretString?: string
    readonly SecretBinary?: Buffer
  },
  now: number,
): SecretVersion | null {
  const { ClientRequestToken: id, SecretString: text, SecretBinary: bytes } = members
  if (id === undefined) {
    throw new Fault(
      "InvalidRequestException",
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )
  }
  if (text !== undefined && bytes !== undefined) {
    throw new Fault(
      "InvalidParameterException",
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    )
  }
  const version = { id, stages: [], createdAt: new Date(now).toISOString() }
  if (bytes !== undefined) {
    checkSize("secretBinary", bytes.length)
    return { ...version, binary: bytes.toString("base64") }
  }
  if (text === undefined) return null
  checkSize("secretString", Buffer.byteLength(text))
  return { ...version, string: text }
}

/**
 * Adds a version and moves its stages to it. Where AWSCURRENT was is AWSPREVIOUS afterwards. The same version again
 * changes nothing.
 *
 * @throws ResourceExistsException for another value under a token that was used.
 */
export function addVersion(secret: Secret, version: SecretVersion, stages: readonly string[]): Secret {
  const before = secret.versions.find(({ id }) => id === version.id)
  if (before !== undefined) {
    if (before.string === version.string && before.binary === version.binary) return secret
    throw new Fault(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${version.id} because that value is already in use for a version of ` +
        `secret ${secret.arn}.`,
    )
  }
  // The first version is the current one, whatever its labels (PutSecretValue).
  const attached = secret.versions.length === 0 ? [...new Set([...stages, "AWSCURRENT"])] : stages
  const added = [{ ...version, stages: [] }, ...secret.versions]
  const versions = attached.reduce<readonly SecretVersion[]>(
    (all, stage) => moveLabel(all, stage, version.id),
    added,
  )
  checkLabels(versions)
  return { ...secret, versions: withinQuota(versions, version.createdAt ?? "") }
}

/** Where AWSCURRENT was is AWSPREVIOUS afterwards. @param to `null` takes the label away. */
export function moveLabel(
  versions: readonly SecretVersion[],
  stage: string,
  to: string | null,
): readonly SecretVersion[] {
  const moved = versions.map((one) => {
    const kept = one.stages.filter((label) => label !== stage)
    return { ...one, stages: one.id === to ? [...kept, stage] : kept }
  })
  const before = versions.find(({ stages }) => stages.includes("AWSCURRENT"))
  return stage === "AWSCURRENT" && before !== undefined && before.id !== to
    ? moveLabel(moved, "AWSPREVIOUS", before.id)
    : moved
}

/** Secrets Manager's quota of labels over all versions of a secret. */
const maxLabels = 20

/** @throws LimitExceededException */
export function checkLabels(versions: readonly SecretVersion[]): void {
  if (versions.flatMap(({ stages }) => stages).length <= maxLabels) return
  throw new Fault(
    "LimitExceededException",
    `You can't attach more than ${maxLabels} staging labels to a secret.`,
  )
}

const maxVersions = 100
const keptMs = 24 * 60 * 60 * 1000

/** What has no label any more goes once there are too many, and not before it is a day old. */
function withinQuota(versions: readonly SecretVersion[], now: string): readonly SecretVersion[] {
  const isOld = ({ createdAt = "2026-01-01T00:00:00Z" }: SecretVersion) =>
    Date.parse(now) - Date.parse(createdAt) > keptMs
  return versions.filter((one, at) => at < maxVersions || one.stages.length > 0 || !isOld(one))
}

function checkSize(name: string, bytes: number): void {
  if (bytes === 0) {
    throw constraint(`Value at '${name}'`, "Member must have length greater than or equal to 1")
  }
  if (bytes > maxBytes) {
    throw constraint(`Value at '${name}'`, `Member must have length less than or equal to ${maxBytes}`)
  }
}

function notFound(what: string): never {
  throw new Fault(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${what}`,
  )
}
