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
  const replacesCurrent = stages.includes("AWSCURRENT")
  const moving = new Set(replacesCurrent ? [...stages, "AWSPREVIOUS"] : stages)
  const others = secret.versions.map((one) => {
    const kept = one.stages.filter((stage) => !moving.has(stage))
    const wasCurrent = replacesCurrent && one.stages.includes("AWSCURRENT")
    return { ...one, stages: wasCurrent ? [...kept, "AWSPREVIOUS"] : kept }
  })
  return { ...secret, versions: [{ ...version, stages }, ...others] }
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
