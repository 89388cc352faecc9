import type { KMSClient } from "@aws-sdk/client-kms"
import { EnvsealError } from "../../core/error.ts"
import type { KeyService, WrappedKey } from "../../ports/keys.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { type Decrypted, directDecrypt } from "./direct-kms.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

type Context = Readonly<Record<string, string>>

/** AWS KMS: one `Encrypt` to wrap a file key, one `Decrypt` to unwrap it, always with an explicit KeyId. */
export class AwsKeyService implements KeyService {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async wrap(keyId: string, fileKey: Uint8Array, context: Context): Promise<WrappedKey> {
    const request = requestFor("kms:Encrypt", keyId, context)
    const command = { KeyId: keyId, Plaintext: fileKey, EncryptionContext: { ...context } }
    const { CiphertextBlob, KeyId } = await this.#session.repeat({
      ...request,
      values: spellingsOf(fileKey),
      send: async (client: KMSClient) => client.send(new (await sdk()).EncryptCommand(command)),
    })
    if (CiphertextBlob === undefined || KeyId === undefined) throw incomplete(request.call)
    return { keyArn: KeyId, ciphertext: CiphertextBlob }
  }

  async unwrap({ keyArn, ciphertext }: WrappedKey, context: Context, left = 1): Promise<Uint8Array> {
    const request = requestFor("kms:Decrypt", keyArn, context)
    const command = { KeyId: keyArn, CiphertextBlob: ciphertext, EncryptionContext: { ...context } }
    const { Plaintext, KeyId } = await this.#session.repeat(
      {
        ...request,
        values: spellingsOf(ciphertext),
        direct: (by) => directDecrypt({ keyArn, ciphertext }, context, by),
        send: async (client: KMSClient): Promise<Decrypted> =>
          client.send(new (await sdk()).DecryptCommand(command)),
      },
      (remainingMs) => remainingMs / left,
    )
    if (Plaintext === undefined || KeyId === undefined) throw incomplete(request.call)
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
}

/** Loaded where it is needed: `open` decrypts without it, mostly. */
function sdk() {
  return import("@aws-sdk/client-kms")
}

/** As a failure that echoes the request may show the bytes of it. */
function spellingsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes)
  const base64 = buffer.toString("base64")
  return [base64, base64.replace(/=+$/, ""), buffer.toString("base64url"), buffer.toString("hex")]
}

/** @param keyId whose Region is asked, where it has one in it. */
function requestFor(action: Call["action"], keyId: string, context: Context) {
  const call: Call = { service: "KMS", action, resource: keyId, context }
  const client = async (settings: ClientSettings) => new (await sdk()).KMSClient(settings)
  return { call, region: regionInArn("kms", keyId), client }
}
