import { DecryptCommand, DescribeKeyCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms"
import { EnvsealError } from "../../core/error.ts"
import type { KeyDescription, KeyInspector, KeyPermission, KeyUse } from "../../ports/keys.ts"
import { nullFor } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

type Context = Readonly<Record<string, string>>

/** What KMS answers to a dry run of what it would have done (KMS API reference, "DryRunOperationException"). */
const wouldSucceed = nullFor("DryRunOperationException")

/** AWS KMS: `DescribeKey`, and dry runs of `Encrypt` and `Decrypt`. */
export class AwsKeyInspector implements KeyInspector {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async describe(keyId: string): Promise<KeyDescription | null> {
    const request = requestFor("kms:DescribeKey", keyId)
    const answer = await this.#session.repeat({
      ...request,
      send: (client) =>
        client.send(new DescribeKeyCommand({ KeyId: keyId })).catch(nullFor("NotFoundException")),
    })
    if (answer === null) return null
    const { Arn, AWSAccountId, KeyState, KeyUsage, KeySpec } = answer.KeyMetadata ?? {}
    if (!Arn || !AWSAccountId || !KeyState || !KeyUsage || !KeySpec) throw incomplete(request.call)
    return { arn: Arn, account: AWSAccountId, state: KeyState, usage: KeyUsage, spec: KeySpec }
  }

  async may(use: KeyUse, keyId: string, context: Context): Promise<KeyPermission> {
    const action = use === "encrypt" ? "kms:Encrypt" : "kms:Decrypt"
    const request = requestFor(action, keyId, context)
    try {
      const answer = await this.#session.repeat({
        ...request,
        send: (client) => dryRun(client, use, request),
      })
      if (answer !== null) throw incomplete(request.call)
      return { allowed: true }
    } catch (error) {
      if (!(error instanceof EnvsealError) || error.code !== "ACCESS_DENIED") throw error
      return { allowed: false, why: /\): because (.+)$/.exec(error.message)?.[1] ?? "a policy denies it" }
    }
  }
}

/** @returns `null` when it would succeed. No ciphertext is needed to ask for the right to decrypt. */
function dryRun(client: KMSClient, use: KeyUse, { call }: { readonly call: Call }): Promise<object | null> {
  const asked = { KeyId: call.resource, EncryptionContext: { ...call.context }, DryRun: true }
  return use === "encrypt"
    ? client.send(new EncryptCommand({ ...asked, Plaintext: new Uint8Array(16) })).catch(wouldSucceed)
    : client
        .send(new DecryptCommand({ ...asked, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }))
        .catch(wouldSucceed)
}

function requestFor(action: Call["action"], keyId: string, context?: Context) {
  const call: Call = {
    service: "KMS",
    action,
    resource: keyId,
    ...(context === undefined ? {} : { context }),
  }
  const client = (settings: ClientSettings) => new KMSClient(settings)
  return { call, region: regionInArn("kms", keyId), client }
}
