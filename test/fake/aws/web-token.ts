import { createHmac } from "node:crypto"

/** What a service account token of Kubernetes says. Times are seconds since 1970. */
export interface Claims {
  readonly iss: string
  readonly aud: readonly string[]
  /** `system:serviceaccount:NAMESPACE:NAME` */
  readonly sub: string
  readonly exp: number
}

/** A JSON Web Token of the fake's cluster. */
export function signWebToken(claims: Claims): string {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`
  return `${text}.${mac(text)}`
}

/** @returns the claims, and whether the cluster signed them; `null` for what is no token. */
export function readWebToken(token: string): { readonly claims: Claims; readonly genuine: boolean } | null {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".")
  if (rest.length > 0 || signature === "") return null
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims
    JSON.parse(Buffer.from(header, "base64url").toString())
    return { claims, genuine: signature === mac(`${header}.${payload}`) }
  } catch {
    return null
  }
}

/** @returns `namespace/name`, or `null` for a subject that is no service account. */
export function serviceAccountIn({ sub }: Pick<Claims, "sub">): string | null {
  const parts = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(sub)
  return parts === null ? null : `${parts[1]}/${parts[2]}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

function mac(text: string): string {
  return createHmac("sha256", "fake AWS cluster").update(text).digest("base64url")
}
