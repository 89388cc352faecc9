import { knownArn } from "./arn.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { checkLength, readMembers } from "./members.ts"
import { authorizeSecretKey } from "./secret-access.ts"
import { authorizedSecret, refuseDeleted } from "./secret-request.ts"
import { listSecretVersionIds, updateSecretVersionStage } from "./secret-stage.ts"
import { pickVersion } from "./secret-version.ts"
import { createSecret, putSecretValue } from "./secret-write.ts"
import type { Secret } from "./world.ts"

/** Secrets Manager, as `secretsmanager.…`. */
export const secretsManagerOperations: Readonly<Record<string, Operation>> = {
  GetSecretValue: getSecretValue,
  DescribeSecret: describeSecret,
  CreateSecret: createSecret,
  PutSecretValue: putSecretValue,
  UpdateSecretVersionStage: updateSecretVersionStage,
  ListSecretVersionIds: listSecretVersionIds,
}

function getSecretValue(call: Call, caller: Caller): object {
  const { SecretId, VersionId, VersionStage } = readMembers(call.request.body, {
    SecretId: "text",
    VersionId: "text",
    VersionStage: "text",
  })
  if (VersionId !== undefined) checkLength("versionId", VersionId, 32, 64)
  if (VersionStage !== undefined) checkLength("versionStage", VersionStage, 1, 256)
  const use = { operation: "GetSecretValue", versionId: VersionId, versionStage: VersionStage }
  const found = authorizedSecret(call, caller, SecretId, use)
  refuseDeleted(found.secret)
  const version = pickVersion(found.secret, VersionId, VersionStage)
  authorizeSecretKey(call.state, caller, found, {
    operations: ["Decrypt"],
    versionId: version.id,
    failure: "DecryptionFailure",
  })
  return {
    ARN: found.arn,
    Name: found.secret.name,
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: seconds(version.createdAt),
    ...(version.string === undefined ? { SecretBinary: version.binary } : { SecretString: version.string }),
  }
}

function describeSecret(call: Call, caller: Caller): object {
  const { SecretId } = readMembers(call.request.body, { SecretId: "text" })
  const { secret, arn, kmsKeyId } = authorizedSecret(call, caller, SecretId, { operation: "DescribeSecret" })
  const newest = secret.versions.map((version) => seconds(version.createdAt)).sort((a, b) => b - a)
  const oldest = newest.at(-1) ?? seconds(undefined)
  const labelled = secret.versions.filter((version) => version.stages.length > 0)
  return {
    ARN: arn,
    Name: secret.name,
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(kmsKeyId !== null && { KmsKeyId: kmsKeyId }),
    ...(secret.rotationEnabled && { RotationEnabled: true }),
    CreatedDate: oldest,
    LastChangedDate: newest[0] ?? oldest,
    ...(secret.deletedAt !== undefined && { DeletedDate: seconds(secret.deletedAt) }),
    ...(labelled.length > 0 && {
      VersionIdsToStages: Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])),
    }),
    ...replication(secret),
  }
}

function replication(secret: Secret): object {
  if (secret.replicas === undefined || secret.replicas.length === 0) return {}
  return {
    PrimaryRegion: knownArn(secret.arn).region,
    ReplicationStatus: secret.replicas.map(({ region, kmsKeyId }) => ({
      Region: region,
      KmsKeyId: kmsKeyId ?? "alias/aws/secretsmanager",
      Status: "InSync",
    })),
  }
}

function seconds(time: string | undefined): number {
  return Date.parse(time ?? "2026-01-01T00:00:00Z") / 1000
}
