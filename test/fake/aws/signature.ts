import { createHmac } from "node:crypto"
import { canonicalRequest, type SignedRequest, sha256 } from "./canonical-request.ts"

/** What stands in the Authorization header. */
export interface Authorization {
  readonly accessKeyId: string
  /** `20150830` */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** Why a request is not taken for genuine. Each protocol has its own code for it. */
export type Doubt = "missing" | "incomplete" | "mismatch" | "unknown-key" | "expired-token"

/** A request that is not genuine, with what AWS says about it. */
export class SignatureError extends Error {
  override readonly name = "SignatureError"
  readonly doubt: Doubt

  constructor(doubt: Doubt, message: string) {
    super(message)
    this.doubt = doubt
  }
}

const algorithm = "AWS4-HMAC-SHA256"
const skewMinutes = 5
// STS and IAM take signatures that are older.
const skewMinutesOf: Readonly<Record<string, number>> = { sts: 15, iam: 15 }

/** @throws SignatureError when there is no Authorization header, or one that is not whole. */
export function readAuthorization(headers: SignedRequest["headers"]): Authorization {
  const header = headers["authorization"]
  if (header === undefined) throw new SignatureError("missing", "Missing Authentication Token")
  if (!header.startsWith(`${algorithm} `)) {
    throw new SignatureError("incomplete", "Authorization header requires AWS4-HMAC-SHA256.")
  }
  const parts = partsOf(header.slice(algorithm.length + 1))
  const [accessKeyId, date, region, service, end, ...rest] = (parts.get("Credential") ?? "").split("/")
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request" || rest.length > 0) {
    throw new SignatureError(
      "incomplete",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    )
  }
  const signedHeaders = (parts.get("SignedHeaders") ?? "").split(";")
  return { accessKeyId, date, region, service, signedHeaders, signature: parts.get("Signature") ?? "" }
}

/**
 * Checks everything but who the key belongs to: scope, age, which headers are signed, and the signature.
 *
 * @throws SignatureError with AWS's words.
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  secret: string,
  { service, now }: { readonly service: string; readonly now: number },
): void {
  const { date, region, signedHeaders } = authorization
  if (authorization.service !== service) {
    throw new SignatureError("mismatch", `Credential should be scoped to correct service: '${service}'.`)
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new SignatureError("mismatch", `Credential should be scoped to a valid region. `)
  }
  checkScopeDate(request.headers["x-amz-date"] ?? "", date)
  checkAge(request.headers["x-amz-date"] ?? "", now, skewMinutesOf[service] ?? skewMinutes)
  checkSignedHeaders(request.headers, signedHeaders)
  if (signatureOf(request, authorization, secret) !== authorization.signature) {
    throw new SignatureError(
      "mismatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret " +
        "Access Key and signing method. Consult the service documentation for details.",
    )
  }
}

/** The signature that a request has to have, in hexadecimal digits. */
export function signatureOf(
  request: SignedRequest,
  { date, region, service, signedHeaders }: Omit<Authorization, "signature">,
  secret: string,
): string {
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(
    (parent, part) => hmac(parent, part),
    Buffer.from(`AWS4${secret}`),
  )
  const scope = `${date}/${region}/${service}/aws4_request`
  const digest = sha256(canonicalRequest(request, signedHeaders))
  return hmac(key, [algorithm, request.headers["x-amz-date"], scope, digest].join("\n")).toString("hex")
}

const timeForm = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

function checkScopeDate(time: string, scopeDate: string): void {
  if (!timeForm.test(time)) {
    throw new SignatureError(
      "incomplete",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    )
  }
  if (!time.startsWith(scopeDate)) {
    throw new SignatureError(
      "mismatch",
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
        `'${scopeDate}' != '${time.slice(0, 8)}', from '${time}'.`,
    )
  }
}

function checkAge(time: string, now: number, minutes: number): void {
  const signedAt = Date.parse(time.replace(timeForm, "$1-$2-$3T$4:$5:$6Z"))
  const earliest = now - minutes * 60_000
  const latest = now + minutes * 60_000
  if (signedAt < earliest) {
    const limit = `${amzDate(earliest)} (${amzDate(now)} - ${minutes} min.)`
    throw new SignatureError("mismatch", `Signature expired: ${time} is now earlier than ${limit}`)
  }
  if (signedAt > latest) {
    const limit = `${amzDate(latest)} (${amzDate(now)} + ${minutes} min.)`
    throw new SignatureError("mismatch", `Signature not yet current: ${time} is still later than ${limit}`)
  }
}

function checkSignedHeaders(headers: SignedRequest["headers"], signed: readonly string[]): void {
  const must = Object.keys(headers).filter((name) => name === "content-type" || name.startsWith("x-amz-"))
  for (const name of ["host", ...must]) {
    if (!signed.includes(name)) {
      throw new SignatureError("mismatch", `'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
    }
  }
  const sorted = [...signed].sort()
  const absent = signed.find((name) => headers[name] === undefined)
  if (absent !== undefined || sorted.join() !== signed.join() || new Set(signed).size !== signed.length) {
    throw new SignatureError("mismatch", "The list of signed headers is not that of the request.")
  }
}

function partsOf(text: string): Map<string, string> {
  const parts = new Map<string, string>()
  for (const part of text.split(",")) {
    const [name = "", ...value] = part.trim().split("=")
    if (value.length === 0) {
      throw new SignatureError(
        "incomplete",
        `'${name}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
      )
    }
    parts.set(name, value.join("="))
  }
  for (const name of ["Credential", "SignedHeaders", "Signature"]) {
    if (!parts.get(name))
      throw new SignatureError("incomplete", `Authorization header requires '${name}' parameter.`)
  }
  return parts
}

/** `20150830T123600Z` */
export function amzDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, "")
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest()
}
