import type { Running } from "./environment.ts"
import { type Response, send } from "./http.ts"
import { credentialsOf } from "./sdk.ts"
import { amzDate, signatureOf } from "./signature.ts"

/** A request as a test writes it, before it is signed. */
export interface Unsigned {
  /** Of the signature's scope. */
  readonly service: string
  /** X-Amz-Target, for JSON services. */
  readonly target?: string
  /** For a service that is no JSON service. */
  readonly contentType?: string
  /** By default `POST`. */
  readonly method?: string
  /** By default `/`. */
  readonly path?: string
  readonly body?: string
  readonly region?: string
}

/** Sends a request that is signed as a role, without any SDK. */
export function sendSigned(aws: Running, role: string, request: Unsigned): Promise<Response> {
  const {
    service,
    target,
    contentType,
    method = "POST",
    path = "/",
    body = "",
    region = "eu-west-1",
  } = request
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(aws, role)
  const time = amzDate(Date.now())
  const headers: Record<string, string> = {
    ...(target !== undefined && { "content-type": "application/x-amz-json-1.1", "x-amz-target": target }),
    ...(contentType !== undefined && { "content-type": contentType }),
    host: new URL(aws.url).host,
    "x-amz-date": time,
    "x-amz-security-token": sessionToken,
  }
  const signedHeaders = Object.keys(headers).sort()
  const scope = { accessKeyId, date: time.slice(0, 8), region, service, signedHeaders }
  const [pathname = "/", query = ""] = path.split("?")
  const signature = signatureOf(
    { method, path: pathname, query, headers, body: Buffer.from(body) },
    scope,
    secretAccessKey,
  )
  const credential = `${accessKeyId}/${scope.date}/${region}/${service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`
  return send(`${aws.url}${path}`, { method, headers: { ...headers, authorization }, body })
}
