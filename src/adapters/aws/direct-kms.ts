import type { WrappedKey } from "../../ports/keys.ts"
import { directAddress } from "./direct-address.ts"
import { plainAnswer } from "./direct-http.ts"
import type { DirectAnswer } from "./direct-request.ts"
import { canSign, signedHeaders } from "./request-signature.ts"
import type { DirectSettings } from "./session.ts"

/** What KMS answered to `Decrypt`. */
export interface Decrypted {
  readonly Plaintext?: Uint8Array | undefined
  readonly KeyId?: string | undefined
}

const limitMs = 5_000
/** AWS allows a clock to be so far off, and the SDK corrects what is more. */
const skewMs = 300_000

/**
 * KMS's `Decrypt` as one signed request, without the SDK, which takes longer to load than KMS to answer.
 *
 * @returns what sends it, each time anew; `null` where it takes the SDK: see {@link directAddress}.
 */
export function directDecrypt(
  { keyArn, ciphertext }: WrappedKey,
  context: Readonly<Record<string, string>>,
  { settings, identity, region }: DirectSettings,
): (() => Promise<Decrypted>) | null {
  const { environment, clock } = settings
  const url = directAddress("kms", region, environment)
  if (url === null || region === null || !canSign(identity)) return null
  const body = JSON.stringify({
    CiphertextBlob: Buffer.from(ciphertext).toString("base64"),
    EncryptionContext: context,
    KeyId: keyArn,
  })
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt" }
  let aheadMs = 0
  return async () => {
    const scope = { region, service: "kms", atMs: Date.now() + aheadMs } as const
    const signed = await signedHeaders({ url, headers, body }, identity, scope)
    const answer = await plainAnswer({ method: "POST", url, headers: signed, body, limitMs }, environment)
    clock?.note(answer.headers["date"], Date.now())
    if (answer.status === 200) return readDecrypted(answer)
    const offMs = Date.parse(answer.headers["date"] ?? "") - Date.now()
    const isSkewed = Math.abs(offMs - aheadMs) >= skewMs
    if (isSkewed) aheadMs = offMs
    throw refusal(answer, isSkewed)
  }
}

function readDecrypted({ status, body }: DirectAnswer): Decrypted {
  const { Plaintext: text, KeyId: key } = fieldsOf(status, body)
  return {
    Plaintext: typeof text === "string" ? new Uint8Array(Buffer.from(text, "base64")) : undefined,
    KeyId: typeof key === "string" ? key : undefined,
  }
}

/** In the form of the SDK's errors. */
function refusal({ status, headers, body }: DirectAnswer, clockSkewCorrected: boolean): Error {
  const fields = fieldsOf(status, body)
  const { __type: type, code, message = fields["Message"] } = fields
  const named = type ?? code ?? headers["x-amzn-errortype"]
  // Such as `com.amazonaws.kms#DisabledException:http://…`.
  const [name = "Unknown"] = typeof named === "string" ? (named.split("#").at(-1)?.split(/[:,]/) ?? []) : []
  return Object.assign(new Error(typeof message === "string" ? message : ""), {
    name,
    $metadata: { httpStatusCode: status, clockSkewCorrected },
  })
}

/** @throws SyntaxError for what is no JSON object, as the SDK does. An empty answer is one without fields to it. */
function fieldsOf(status: number, body: string): Readonly<Record<string, unknown>> {
  if (body === "") return {}
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === "object" && value !== null) return { ...value }
  } catch {
    // What a parser says of an answer can quote it.
  }
  throw Object.assign(new SyntaxError("no JSON object"), { $metadata: { httpStatusCode: status } })
}
