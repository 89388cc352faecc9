import { createHash } from "node:crypto"

/** An HTTP request as it came: header names in lower case, path and query still encoded. */
export interface SignedRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** The canonical request of Signature Version 4, for every service but S3. */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`,
  )
  return [
    request.method,
    // Every service but S3 encodes the path once more.
    request.path.split("/").map(encode).join("/"),
    canonicalQuery(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n")
}

function canonicalQuery(query: string): string {
  if (query === "") return ""
  const pairs = query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=")
    return [name, value.join("=")].map((part) => encode(decodeURIComponent(part)))
  })
  // By name and then by value: sorted as one text, "a-=" would come before "a=".
  return pairs
    .sort(([a = "", x = ""], [b = "", y = ""]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join("="))
    .join("&")
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** In hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex")
}
