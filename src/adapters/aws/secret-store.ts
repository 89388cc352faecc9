import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager"
import { EnvsealError } from "../../core/error.ts"
import { regionOf } from "../../core/region.ts"
import { encodeUtf8 } from "../../core/text.ts"
import type { SecretReference, SecretStore, StoredSecret } from "../../ports/secret-store.ts"
import { attempt, wholeAnswer } from "./attempt.ts"
import type { Credentials } from "./credentials.ts"
import { type Call, remoteError } from "./error.ts"
import { RequestHandler } from "./http.ts"
import type { AwsSettings } from "./settings.ts"

/** AWS Secrets Manager: one `GetSecretValue` for each secret. */
export class AwsSecretStore implements SecretStore {
  readonly #settings: AwsSettings
  readonly #credentials: Credentials

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#settings = settings
    this.#credentials = credentials
  }

  async read(reference: SecretReference): Promise<StoredSecret> {
    const { SecretString, SecretBinary, ARN, VersionId } = await this.#get(reference)
    if (SecretString === undefined) {
      const what = SecretBinary === undefined ? "has no text" : "is binary (SecretBinary), not text"
      throw new EnvsealError("SECRET_MALFORMED", `the secret ${reference.id} ${what}`, {
        hint: "store one JSON object of names and values as its text: aws secretsmanager put-secret-value --secret-string",
      })
    }
    if (ARN === undefined || VersionId === undefined) {
      throw new EnvsealError(
        "REMOTE_FAILED",
        `Secrets Manager did not say which version of ${reference.id} it read`,
      )
    }
    return { bytes: encodeUtf8(SecretString), arn: ARN, versionId: VersionId }
  }

  async #get({ id, version }: SecretReference) {
    const call: Call = {
      service: "Secrets Manager",
      action: "secretsmanager:GetSecretValue",
      resource: id,
      context: null,
    }
    const { mechanism, redactor } = this.#credentials
    const credentials = await this.#credentials.load()
    const region = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(id)?.[1] ?? regionOf(this.#settings.environment)
    const client = new SecretsManagerClient({
      credentials,
      // Its own: destroying the client cuts off whatever else goes through it.
      requestHandler: new RequestHandler(),
      maxAttempts: 1,
      ...(region === null ? {} : { region }),
    })
    const command = new GetSecretValueCommand({ SecretId: id, ...versionOf(version) })
    try {
      const what = `Secrets Manager${region === null ? "" : ` in ${region}`} (${id})`
      return await attempt(what, () => wholeAnswer(client.send(command)), this.#settings)
    } catch (error) {
      throw remoteError(error, call, mechanism, redactor)
    } finally {
      client.destroy()
    }
  }
}

function versionOf(version: SecretReference["version"]): { VersionStage?: string; VersionId?: string } {
  if (version === null) return {}
  return "stage" in version ? { VersionStage: version.stage } : { VersionId: version.versionId }
}
