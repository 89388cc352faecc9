import { findRole } from "./caller.ts"
import type { SignedRequest } from "./canonical-request.ts"
import { issueCredentials, readSessionToken, type Session } from "./credentials.ts"
import { signatureOf } from "./signature.ts"
import type { World } from "./world.ts"

/** A GET whose signature is in its query, as it is sent. */
export interface PresignedGet {
  readonly url: URL
  /** What is sent with it beside the host. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Who signed it, or why it is not genuine. */
export type PresignedVerdict = { readonly session: Session } | { readonly refusal: string }

/** Checks scope, credentials and signature, and not the age, of a request that was signed in its query. */
export function verifyPresigned(
  { url, headers }: PresignedGet,
  service: string,
  world: World,
): PresignedVerdict {
  const given = (name: string) => url.searchParams.get(name) ?? ""
  const [accessKeyId = "", date = "", region = "", signedFor, end] = given("X-Amz-Credential").split("/")
  const time = given("X-Amz-Date")
  if (given("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") return { refusal: "IncompleteSignature" }
  if (signedFor !== service || end !== "aws4_request" || !time.startsWith(date) || date === "") {
    return { refusal: "SignatureDoesNotMatch" }
  }
  const session = readSessionToken(given("X-Amz-Security-Token"))
  if (session === null || findRole(world, session.role) === undefined)
    return { refusal: "InvalidClientTokenId" }
  const credentials = issueCredentials(session)
  if (credentials.accessKeyId !== accessKeyId) return { refusal: "InvalidClientTokenId" }
  const request: SignedRequest = {
    method: "GET",
    path: url.pathname,
    query: unsignedQuery(url),
    headers: { ...headers, host: url.host, "x-amz-date": time },
    body: Buffer.alloc(0),
  }
  const signedHeaders = given("X-Amz-SignedHeaders").split(";")
  const isSent = signedHeaders.every((name) => name === "host" || Object.hasOwn(headers, name))
  const scope = { accessKeyId, date, region, service, signedHeaders }
  const isGenuine =
    isSent &&
    signedHeaders.includes("host") &&
    signatureOf(request, scope, credentials.secretAccessKey) === given("X-Amz-Signature")
  return isGenuine ? { session } : { refusal: "SignatureDoesNotMatch" }
}

function unsignedQuery(url: URL): string {
  return url.search
    .slice(1)
    .split("&")
    .filter((pair) => !pair.startsWith("X-Amz-Signature="))
    .join("&")
}
