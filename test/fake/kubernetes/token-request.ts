import type { Authentication } from "./authentication.ts"
import { type Answer, json } from "./exchange.ts"
import type { ApiRequest } from "./request.ts"

/** Where the exec plugin of a kubeconfig gets a token from; the user is the last part. Nothing of Kubernetes. */
export const tokenPath = "/_fake/tokens/"

/** Hands the exec plugin an ExecCredential, and notes what it was told. @returns `null` for another path. */
export function answerTokenRequest(
  desk: { readonly authentication: Authentication; readonly execInfos: string[] },
  { path, body }: ApiRequest,
): Answer | null {
  if (!path.startsWith(tokenPath)) return null
  desk.execInfos.push(body.toString())
  const { token, expiresAt } = desk.authentication.issueToken(
    decodeURIComponent(path.slice(tokenPath.length)),
  )
  const expiry = expiresAt === null ? {} : { expirationTimestamp: new Date(expiresAt).toISOString() }
  return json({
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { token, ...expiry },
  })
}
