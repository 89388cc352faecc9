import { hexOf } from "../../core/bytes.ts"
import type { AwsIdentity } from "./identity.ts"

/** A POST of a text to the top of an address. */
export interface SignedPost {
  readonly url: URL
  /** Their names in lower case. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the signature is for. */
export interface SignatureScope {
  readonly region: string
  readonly service: "kms"
  /** When, in milliseconds since the epoch. */
  readonly atMs: number
}

/** What can stand in a header as it is. */
const plainToken = /^[\x21-\x7e]*$/

/** Whether the credentials can be signed with here. The SDK's client says of others what is wrong. */
export function canSign({ accessKeyId, secretAccessKey, sessionToken = "" }: AwsIdentity): boolean {
  return [accessKeyId, secretAccessKey, sessionToken].every((text) => plainToken.test(text))
}

/**
 * The headers of a request with the one that proves who sends it: Signature Version 4 (AWS IAM User Guide, "Create a
 * signed AWS API request"). By what the runtime has ready, because the SDK's signer takes milliseconds to load; a test
 * holds it to that one.
 */
export async function signedHeaders(
  { url, headers, body }: SignedPost,
  { accessKeyId, secretAccessKey, sessionToken }: AwsIdentity,
  { region, service, atMs }: SignatureScope,
): Promise<Record<string, string>> {
  const { sha256, hmac } = await digests()
  const time = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, "")
  const day = time.slice(0, 8)
  const all: Record<string, string> = {
    ...headers,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  }
  const signed = Object.entries({ ...all, host: url.host }).sort(([one], [other]) => (one < other ? -1 : 1))
  const names = signed.map(([name]) => name).join(";")
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join("")
  const request = ["POST", "/", "", lines, names, hexOf(sha256(body))].join("\n")
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ["AWS4-HMAC-SHA256", time, scope, hexOf(sha256(request))].join("\n")
  const key = [day, region, service, "aws4_request"].reduce<string | Uint8Array>(
    hmac,
    `AWS4${secretAccessKey}`,
  )
  const signature = hexOf(hmac(key, text))
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...all, authorization }
}

interface Digests {
  readonly sha256: (text: string) => Uint8Array
  readonly hmac: (key: string | Uint8Array, text: string) => Uint8Array
}

interface Hasher {
  update(text: string): Hasher
  digest(): Uint8Array
}

interface BunHashes {
  readonly CryptoHasher: new (algorithm: "sha256", key?: string | Uint8Array) => Hasher
}

async function digests(): Promise<Digests> {
  const { Bun: bun } = globalThis as { readonly Bun?: BunHashes }
  if (bun !== undefined) {
    return {
      sha256: (text) => new bun.CryptoHasher("sha256").update(text).digest(),
      hmac: (key, text) => new bun.CryptoHasher("sha256", key).update(text).digest(),
    }
  }
  const { createHash, createHmac } = await import("node:crypto")
  return {
    sha256: (text) => createHash("sha256").update(text).digest(),
    hmac: (key, text) => createHmac("sha256", key).update(text).digest(),
  }
}
