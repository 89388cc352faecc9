import { createHmac, verify } from "node:crypto"

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

/**
 * @param publicKey of a real cluster, as a world has it.
 * @returns the claims, and whether the cluster signed them; `null` for what is no token.
 */
export function readWebToken(
  token: string,
  publicKey?: string,
): { readonly claims: Claims; readonly genuine: boolean } | null {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".")
  if (rest.length > 0 || signature === "") return null
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims
    const { alg }: { readonly alg?: unknown } = JSON.parse(Buffer.from(header, "base64url").toString())
    const text = `${header}.${payload}`
    const genuine = alg === "ES256" ? isSigned(text, signature, publicKey) : signature === mac(text)
    return { claims, genuine }
  } catch {
    return null
  }
}

/** @returns `namespace/name`, or `null` for a subject that is no service account. */
export function serviceAccountIn({ sub }: Pick<Claims, "sub">): string | null {
  const parts = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(sub)
  return parts === null ? null : `${parts[1]}/${parts[2]}`
}

function isSigned(text: string, signature: string, publicKey: string | undefined): boolean {
  if (publicKey === undefined) return false
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const
  return verify("sha256", Buffer.from(text), key, Buffer.from(signature, "base64url"))
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

function mac(text: string): string {
  return createHmac("sha256", "fake AWS cluster").update(text).digest("base64url")
}
