import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager"
import { EnvsealError } from "../../core/error.ts"
import { encodeUtf8, printable } from "../../core/text.ts"
import type { SecretReference, SecretStore, SecretVersion, StoredSecret } from "../../ports/secrets.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { markedForDeletion } from "./error-secrets-manager.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** The stage of the version that is in use (Secrets Manager user guide, "Secret versions"). */
const current = "AWSCURRENT"

/** AWS Secrets Manager: one `GetSecretValue` for each secret, or one `DescribeSecret` for what is current of it. */
export class AwsSecretStore implements SecretStore {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async read({ id, version }: SecretReference): Promise<StoredSecret> {
    const command = { SecretId: id, ...versionOf(version) }
    const { SecretString, SecretBinary, ARN, VersionId } = await this.#session.repeat({
      ...requestFor("secretsmanager:GetSecretValue", id),
      send: (client) => client.send(new GetSecretValueCommand(command)),
    })
    if (typeof SecretString !== "string") {
      const what = SecretBinary === undefined ? "has no text" : "is binary (SecretBinary), not text"
      throw new EnvsealError("SECRET_MALFORMED", `the secret ${id} ${what}`, {
        hint: "store one JSON object of names and values as its text: aws secretsmanager put-secret-value --secret-string",
      })
    }
    // The SDK hands on whatever type the answer has.
    if (typeof ARN !== "string" || typeof VersionId !== "string") {
      throw new EnvsealError("REMOTE_FAILED", `Secrets Manager did not say which version of ${id} it read`)
    }
    return { bytes: encodeUtf8(SecretString), arn: ARN, versionId: VersionId }
  }

  async currentVersion(id: string, stage = current): Promise<SecretVersion> {
    const request = requestFor("secretsmanager:DescribeSecret", id)
    const { ARN, VersionIdsToStages, DeletedDate } = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new DescribeSecretCommand({ SecretId: id })),
    })
    if (typeof ARN !== "string") throw incomplete(request.call)
    if (DeletedDate !== undefined) throw markedForDeletion(id)
    const versions = Object.entries(VersionIdsToStages ?? {})
    const [versionId] = versions.find(([, stages]) => stages.includes(stage)) ?? []
    if (versionId === undefined) throw noVersion(id, stage)
    return { arn: ARN, versionId }
  }
}

function noVersion(id: string, stage: string): EnvsealError {
  if (stage === current) {
    return new EnvsealError("SOURCE_MISSING", `the secret ${id} has no current version`, {
      hint: `give it a value: aws secretsmanager put-secret-value --secret-id ${id}`,
    })
  }
  return new EnvsealError(
    "SOURCE_MISSING",
    `the secret ${id} has no version with the stage ${printable(stage)}`,
    {
      hint: `look at what it has: aws secretsmanager list-secret-version-ids --secret-id ${id}`,
    },
  )
}

function requestFor(action: Call["action"], id: string) {
  const call: Call = { service: "Secrets Manager", action, resource: id }
  const client = (settings: ClientSettings) => new SecretsManagerClient(settings)
  return { call, region: regionInArn("secretsmanager", id), client }
}

function versionOf(version: SecretReference["version"]): { VersionStage?: string; VersionId?: string } {
  if (version === null) return {}
  return "stage" in version ? { VersionStage: version.stage } : { VersionId: version.versionId }
}
