import { DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms"
import { EnvsealError } from "../../core/error.ts"
import { regionOf } from "../../core/region.ts"
import type { KeyService, WrappedKey } from "../../ports/key-service.ts"
import { attempt, wholeAnswer } from "./attempt.ts"
import type { Credentials } from "./credentials.ts"
import { type Call, remoteError } from "./error.ts"
import { RequestHandler } from "./http.ts"
import type { AwsSettings } from "./settings.ts"

type Context = Readonly<Record<string, string>>

/** AWS KMS: one `Encrypt` to wrap a file key, one `Decrypt` to unwrap it, always with an explicit KeyId. */
export class AwsKeyService implements KeyService {
  readonly #settings: AwsSettings
  readonly #credentials: Credentials

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#settings = settings
    this.#credentials = credentials
  }

  async wrap(keyId: string, fileKey: Uint8Array, context: Context): Promise<WrappedKey> {
    const call = this.#call("kms:Encrypt", keyId, context)
    const { CiphertextBlob, KeyId } = await this.#send(call, keyId, (client) =>
      client.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: fileKey, EncryptionContext: { ...context } }),
      ),
    )
    if (CiphertextBlob === undefined || KeyId === undefined) throw incomplete(call)
    return { keyArn: KeyId, ciphertext: CiphertextBlob }
  }

  async unwrap({ keyArn, ciphertext }: WrappedKey, context: Context, left = 1): Promise<Uint8Array> {
    const call = this.#call("kms:Decrypt", keyArn, context)
    const command = { KeyId: keyArn, CiphertextBlob: ciphertext, EncryptionContext: { ...context } }
    const { Plaintext, KeyId } = await this.#send(
      call,
      keyArn,
      (client) => client.send(new DecryptCommand(command)),
      left,
    )
    if (Plaintext === undefined || KeyId === undefined) throw incomplete(call)
    if (KeyId !== keyArn) {
      throw new EnvsealError(
        "KEY_MISMATCH",
        `KMS was asked to decrypt with ${keyArn}, and answered for another key`,
        {
          hint: "look at what stands between here and KMS: AWS_ENDPOINT_URL, a proxy",
        },
      )
    }
    return Plaintext
  }

  #call(action: Call["action"], keyId: string, context: Context): Call {
    return { service: "KMS", action, resource: keyId, context }
  }

  /** @param keyId whose Region is asked, where it has one in it. */
  async #send<T>(call: Call, keyId: string, work: (client: KMSClient) => Promise<T>, left = 1): Promise<T> {
    const { mechanism, redactor } = this.#credentials
    const credentials = await this.#credentials.load()
    const region = /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1] ?? regionOf(this.#settings.environment)
    const client = new KMSClient({
      credentials,
      // Its own: destroying the client cuts off whatever else goes through it.
      requestHandler: new RequestHandler(),
      maxAttempts: 1,
      ...(region === null ? {} : { region }),
    })
    try {
      const where = region === null ? "KMS" : `KMS in ${region}`
      const settings = { ...this.#settings, remainingMs: () => this.#settings.remainingMs() / left }
      return await attempt(`${where} (${call.action})`, () => wholeAnswer(work(client)), settings)
    } catch (error) {
      throw remoteError(error, call, mechanism, redactor)
    } finally {
      client.destroy()
    }
  }
}

function incomplete({ service, action }: Call): EnvsealError {
  return new EnvsealError("REMOTE_FAILED", `${service} answered ${action} without a result`, {
    hint: "look at what stands between here and AWS: AWS_ENDPOINT_URL, a proxy",
  })
}
