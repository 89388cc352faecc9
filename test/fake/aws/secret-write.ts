import { randomInt } from "node:crypto"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { checkLength, constraint, readMembers } from "./members.ts"
import { authorizeSecret, authorizeSecretKey } from "./secret-access.ts"
import { type RegionalSecret, resolveSecretId } from "./secret-id.ts"
import { authorizedSecret, refuseDeleted } from "./secret-request.ts"
import { addVersion, newVersion } from "./secret-version.ts"
import type { Secret, SecretVersion } from "./world.ts"

const writeTypes = { ClientRequestToken: "text", SecretString: "text", SecretBinary: "bytes" } as const

/** CreateSecret. */
export function createSecret(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...writeTypes,
    Name: "text",
    KmsKeyId: "text",
    Description: "text",
    Tags: "unsupported",
    AddReplicaRegions: "unsupported",
    ForceOverwriteReplicaSecret: "unsupported",
    Type: "unsupported",
  })
  const name = members.Name ?? ""
  checkLength("name", members.Name, 1, 512)
  checkName(name)
  call.record.secretId = name
  const { account } = caller.principal
  const existing = resolveSecretId(call.state.world, name, caller.region, account).found
  const arn = existing?.arn ?? `arn:aws:secretsmanager:${caller.region}:${account}:secret:${name}-${suffix()}`
  authorizeSecret(caller, { found: existing, arn }, { operation: "CreateSecret", secretId: name })
  refuseExisting(existing?.secret)
  const version = newVersion(members, call.now)
  const secret: Secret = {
    name,
    arn,
    versions: version === null ? [] : [{ ...version, stages: ["AWSCURRENT"] }],
    ...(members.KmsKeyId !== undefined && { kmsKeyId: members.KmsKeyId }),
    ...(members.Description !== undefined && { description: members.Description }),
  }
  authorizeWrite(call, caller, { secret, arn, kmsKeyId: members.KmsKeyId ?? null }, version)
  const { world } = call.state
  call.state.world = { ...world, secrets: [...world.secrets, secret] }
  return { ARN: arn, Name: name, ...(version !== null && { VersionId: version.id }) }
}

/** PutSecretValue. */
export function putSecretValue(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...writeTypes,
    SecretId: "text",
    VersionStages: "texts",
    RotationToken: "unsupported",
  })
  const found = authorizedSecret(call, caller, members.SecretId, { operation: "PutSecretValue" })
  refuseDeleted(found.secret)
  refuseReplica(found)
  const version = newVersion(members, call.now)
  if (version === null) {
    throw new Fault("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
  }
  authorizeWrite(call, caller, found, version)
  checkStages(members.VersionStages)
  const changed = addVersion(found.secret, version, members.VersionStages ?? ["AWSCURRENT"])
  storeSecret(call, changed)
  const stages = changed.versions.find(({ id }) => id === version.id)?.stages
  return { ARN: found.arn, Name: changed.name, VersionId: version.id, VersionStages: stages }
}

/** Puts a secret in the place of the one with its ARN. */
export function storeSecret({ state }: Call, secret: Secret): void {
  const secrets = state.world.secrets.map((one) => (one.arn === secret.arn ? secret : one))
  state.world = { ...state.world, secrets }
}

function checkStages(stages: readonly string[] | undefined): void {
  if (stages === undefined) return
  if (stages.length === 0 || stages.length > 20) {
    throw constraint("Value at 'versionStages'", "Member must have length between 1 and 20")
  }
  for (const stage of stages) checkLength("versionStages.member", stage, 1, 256)
}

function authorizeWrite(
  call: Call,
  caller: Caller,
  secret: RegionalSecret,
  version: SecretVersion | null,
): void {
  if (version === null) return
  authorizeSecretKey(call.state, caller, secret, {
    operations: ["GenerateDataKey", "Decrypt"],
    versionId: version.id,
    failure: "EncryptionFailure",
  })
}

/** @throws InvalidRequestException */
export function refuseReplica({ secret, arn }: RegionalSecret): void {
  if (secret.arn === arn) return
  throw new Fault(
    "InvalidRequestException",
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  )
}

function refuseExisting(secret: Secret | undefined): void {
  if (secret === undefined) return
  if (secret.deletedAt !== undefined) {
    throw new Fault(
      "InvalidRequestException",
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  }
  throw new Fault(
    "ResourceExistsException",
    `The operation failed because the secret ${secret.name} already exists.`,
  )
}

function checkName(name: string): void {
  if (/^[\w/+=.@!-]+$/.test(name)) return
  throw new Fault(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  )
}

function suffix(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join("")
}
