import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager"
import type { NewSecret, SecretCreator } from "../../ports/secrets.ts"
import { answerOf } from "./answer.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** AWS Secrets Manager: `CreateSecret` with neither text nor bytes. */
export class AwsSecretCreator implements SecretCreator {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  create({ name, description, kmsKey }: NewSecret): Promise<"created" | "exists"> {
    const command = {
      Name: name,
      Description: description,
      ...(kmsKey === null ? {} : { KmsKeyId: kmsKey }),
    }
    return this.#session.repeat({
      call: { service: "Secrets Manager", action: "secretsmanager:CreateSecret", resource: name },
      region: null,
      client: (settings) => new SecretsManagerClient(settings),
      send: (client) =>
        client.send(new CreateSecretCommand(command)).then(
          () => "created" as const,
          (error: unknown) => {
            if (answerOf(error).name === "ResourceExistsException") return "exists" as const
            throw error
          },
        ),
    })
  }
}
