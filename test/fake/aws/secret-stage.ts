import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { checkLength, readMembers } from "./members.ts"
import { authorizedSecret, refuseDeleted } from "./secret-request.ts"
import { checkLabels, moveLabel } from "./secret-version.ts"
import { refuseReplica, storeSecret } from "./secret-write.ts"
import type { Secret, SecretVersion } from "./world.ts"

/** UpdateSecretVersionStage: all is checked before any label moves. */
export function updateSecretVersionStage(call: Call, caller: Caller): object {
  const { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId } = readMembers(call.request.body, {
    SecretId: "text",
    VersionStage: "text",
    RemoveFromVersionId: "text",
    MoveToVersionId: "text",
  })
  checkLength("versionStage", VersionStage, 1, 256)
  if (RemoveFromVersionId !== undefined) checkLength("removeFromVersionId", RemoveFromVersionId, 32, 64)
  if (MoveToVersionId !== undefined) checkLength("moveToVersionId", MoveToVersionId, 32, 64)
  const stage = VersionStage ?? ""
  const use = { operation: "UpdateSecretVersionStage", versionStage: stage }
  const found = authorizedSecret(call, caller, SecretId, use)
  refuseDeleted(found.secret)
  refuseReplica(found)
  checkMove(found.secret, stage, RemoveFromVersionId, MoveToVersionId)
  const versions = moveLabel(found.secret.versions, stage, MoveToVersionId ?? null)
  checkLabels(versions)
  storeSecret(call, { ...found.secret, versions })
  return { ARN: found.arn, Name: found.secret.name }
}

function checkMove(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void {
  if (from !== undefined) versionOf(secret, from)
  if (to !== undefined) versionOf(secret, to)
  const holder = secret.versions.find(({ stages }) => stages.includes(stage))
  if (from === undefined && to === undefined) {
    throw new Fault("InvalidParameterException", "You must provide RemoveFromVersionId or MoveToVersionId.")
  }
  if (from === undefined && holder !== undefined && holder.id !== to) {
    throw new Fault(
      "InvalidParameterException",
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ` +
        `${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    )
  }
  if (from !== undefined && holder?.id !== from) {
    throw new Fault(
      "InvalidParameterException",
      `Staging label ${stage} is not attached to version ${from}, so it can't be removed from that version.`,
    )
  }
  if (to === undefined && stage === "AWSCURRENT") {
    throw new Fault(
      "InvalidParameterException",
      "You can't remove AWSCURRENT without moving it to a version.",
    )
  }
}

function versionOf(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.find((one) => one.id === id)
  if (version !== undefined) return version
  throw new Fault(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for VersionId: ${id}`,
  )
}

const pageSize = 100

/** ListSecretVersionIds: the newest first, in pages; those without a label only where they are asked for. */
export function listSecretVersionIds(call: Call, caller: Caller): object {
  const { SecretId, IncludeDeprecated, NextToken } = readMembers(call.request.body, {
    SecretId: "text",
    IncludeDeprecated: "flag",
    MaxResults: "unsupported",
    NextToken: "text",
  })
  const { secret, arn } = authorizedSecret(call, caller, SecretId, { operation: "ListSecretVersionIds" })
  const versions = secret.versions
    .filter(({ stages }) => IncludeDeprecated || stages.length > 0)
    .toSorted((one, other) => secondsOf(other) - secondsOf(one))
  const from = NextToken === undefined ? 0 : Number(NextToken)
  const until = from + pageSize
  return {
    ARN: arn,
    Name: secret.name,
    ...(until < versions.length && { NextToken: String(until) }),
    Versions: versions.slice(from, until).map((version) => ({
      VersionId: version.id,
      ...(version.stages.length > 0 && { VersionStages: version.stages }),
      CreatedDate: secondsOf(version),
    })),
  }
}

function secondsOf({ createdAt = "2026-01-01T00:00:00Z" }: SecretVersion): number {
  return Date.parse(createdAt) / 1000
}
