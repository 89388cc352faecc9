import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager"
import { EnvsealError } from "../../core/error.ts"
import type { SecretDescription, SecretInspector } from "../../ports/secrets.ts"
import { nullFor } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Ids of versions are random: no secret has this one. */
const noVersion = "00000000-0000-4000-8000-00000000dead"

/** AWS Secrets Manager: `DescribeSecret`, and `GetSecretValue` of a version that cannot be. */
export class AwsSecretInspector implements SecretInspector {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async describe(id: string): Promise<SecretDescription | null> {
    const request = requestFor("secretsmanager:DescribeSecret", id)
    const answer = await this.#session.repeat({
      ...request,
      send: (client) =>
        client.send(new DescribeSecretCommand({ SecretId: id })).catch(nullFor("ResourceNotFoundException")),
    })
    if (answer === null) return null
    const { ARN, DeletedDate, VersionIdsToStages } = answer
    if (ARN === undefined) throw incomplete(request.call)
    return { arn: ARN, deleted: DeletedDate !== undefined, versions: VersionIdsToStages ?? {} }
  }

  async mayRead(id: string): Promise<boolean> {
    const request = requestFor("secretsmanager:GetSecretValue", id)
    const command = { SecretId: id, VersionId: noVersion }
    try {
      await this.#session.repeat({
        ...request,
        send: (client) =>
          client
            .send(new GetSecretValueCommand(command))
            .catch(nullFor("ResourceNotFoundException", "InvalidRequestException")),
      })
      return true
    } catch (error) {
      if (error instanceof EnvsealError && error.code === "ACCESS_DENIED") return false
      throw error
    }
  }
}

function requestFor(action: Call["action"], id: string) {
  const call: Call = { service: "Secrets Manager", action, resource: id }
  const client = (settings: ClientSettings) => new SecretsManagerClient(settings)
  return { call, region: regionInArn("secretsmanager", id), client }
}
