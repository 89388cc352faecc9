import { HttpRequest } from "@smithy/core/protocols"
import { EnvsealError } from "../../core/error.ts"
import type { RequestHandler } from "./http.ts"

/** So much is asked for at a time, and again when it does not come: a layer can be larger than any one answer may last. */
export const pieceBytes = 4_194_304

/** A piece of a layer; both ends are part of it. */
export interface Range {
  readonly first: number
  readonly last: number
  /** Bytes of all of it. */
  readonly size: number
}

/** The pieces of a layer, in order. */
export function* rangesOf(size: number): Generator<Range> {
  for (let first = 0; first < size; first += pieceBytes)
    yield { first, last: Math.min(first + pieceBytes, size) - 1, size }
}

/**
 * Gets a piece from where ECR says that a layer is. The URL is as good as a password: it is in no message.
 *
 * @returns `null` when the URL is not taken any more.
 * @throws Error without the URL and without what was answered.
 */
export async function download(handler: RequestHandler, url: string, range: Range): Promise<Buffer | null> {
  const isWhole = range.last - range.first + 1 === range.size
  const { response } = await handler.handle(requestFor(url, isWhole ? null : range))
  const { statusCode, body } = response
  if (statusCode === (isWhole ? 200 : 206)) return readBody(body, range)
  body.destroy?.()
  if (statusCode === 403) return null
  throw Object.assign(new Error(), { name: "LayerDownload", $metadata: { httpStatusCode: statusCode } })
}

function requestFor(url: string, range: Range | null): HttpRequest {
  const { protocol, hostname, port, pathname, searchParams } = urlOf(url)
  return new HttpRequest({
    ...{ method: "GET", protocol, hostname, path: pathname },
    ...(port !== "" && { port: Number(port) }),
    query: Object.fromEntries([...searchParams]),
    headers: range === null ? {} : { range: `bytes=${range.first}-${range.last}` },
  })
}

/** `new URL` itself would put the text into its error. */
function urlOf(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new EnvsealError("REMOTE_FAILED", "ECR answered ecr:GetDownloadUrlForLayer without a URL", {
    hint: "look at what stands between here and AWS: AWS_ENDPOINT_URL, a proxy",
  })
}

async function readBody(body: AsyncIterable<Uint8Array>, { first, last }: Range): Promise<Buffer> {
  const expected = last - first + 1
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > expected) break
    chunks.push(chunk)
  }
  if (size === expected) return Buffer.concat(chunks)
  throw Object.assign(new Error(), { name: "LayerDownload", code: "ECONNRESET" })
}
