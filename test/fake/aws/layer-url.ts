import { createHmac } from "node:crypto"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import type { World } from "./world.ts"

/** Where layers are downloaded. */
export const layerPath = "/starport-layers/"

const lifeSeconds = 3_600

/** A layer or a configuration in a repository. */
export interface StoredBlob {
  readonly account: string
  readonly repository: string
  readonly digest: string
}

/** A URL that whoever has it can read a layer with, for an hour. */
export function layerUrl({ account, repository, digest }: StoredBlob, host: string, nowMs: number): string {
  const path = `${layerPath}${account}/${repository}/${digest.replace(":", "/")}`
  const expires = String(Math.floor(nowMs / 1000) + lifeSeconds)
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "ASIAFAKELAYERBUCKET0/20260101/eu-west-1/s3/aws4_request",
    "X-Amz-Expires": expires,
    "X-Amz-Security-Token": sign(`token of ${path}`),
    "X-Amz-Signature": sign(`${path} until ${expires}`),
  })
  return `http://${host}${path}?${query}`
}

/** GetObject of S3, as far as layers need it: with one range, and for who has the URL. @throws Fault */
export function answerLayer({ request, now, state, record }: Call): Answer {
  const { path, query, headers } = request
  const given = new URLSearchParams(query)
  const expires = given.get("X-Amz-Expires") ?? ""
  const isGenuine =
    given.get("X-Amz-Signature") === sign(`${path} until ${expires}`) &&
    given.get("X-Amz-Security-Token") === sign(`token of ${path}`)
  if (!isGenuine || headers["authorization"] !== undefined)
    throw new Fault("SignatureDoesNotMatch", `of ${path}?${query}`, 403)
  if (Number(expires) * 1000 < now) throw new Fault("AccessDenied", "Request has expired", 403)
  const bytes = findBlob(path, state.world)
  record.bytes = bytes.length
  const range = headers["range"]
  if (range === undefined) return answer(200, bytes, {})
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
  if (first === "" || Number(first) >= bytes.length || Number(first) > Number(last))
    throw new Fault("InvalidRange", "The requested range is not satisfiable", 416)
  const piece = bytes.subarray(Number(first), Number(last) + 1)
  record.bytes = piece.length
  const content = `bytes ${first}-${Number(first) + piece.length - 1}/${bytes.length}`
  return answer(206, piece, { "content-range": content })
}

/** An error of S3. A careless one: it repeats what it was asked. */
export function layerFault({ code, message, status }: Fault): Answer {
  const body = `<Error><Code>${code}</Code><Message>${message.replaceAll("&", "&amp;")}</Message></Error>`
  return { status, headers: { "content-type": "application/xml" }, body }
}

function findBlob(path: string, world: World): Buffer {
  const [account, ...rest] = path.slice(layerPath.length).split("/")
  const name = rest.slice(0, -2).join("/")
  const repository = world.repositories.find(
    (one) => one.name === name && (one.account ?? world.account) === account,
  )
  const blob = repository?.blobs?.[rest.slice(-2).join(":")]
  if (blob === undefined || blob === "") throw new Fault("NoSuchKey", "The specified key does not exist", 404)
  return Buffer.from(blob, "base64")
}

function answer(status: number, body: Uint8Array, headers: Readonly<Record<string, string>>): Answer {
  return { status, headers: { ...headers, "content-type": "application/octet-stream" }, body }
}

function sign(text: string): string {
  return createHmac("sha256", "fake layer bucket").update(text).digest("hex")
}
