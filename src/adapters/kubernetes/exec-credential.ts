import type { ClusterCredential } from "../../ports/cluster.ts"
import { isToken } from "./token-file.ts"

/** What a credential plugin gave, and until when it is good; for ever is infinite. */
export interface ExecCredential {
  readonly credential: ClusterCredential
  readonly untilMs: number
}

/**
 * Reads the `ExecCredential` that a plugin writes (API reference, client.authentication.k8s.io).
 *
 * @returns what is wrong with it, as the end of a sentence that does not quote it, when it cannot be used.
 */
export function parseExecCredential(text: string, apiVersion: string): ExecCredential | string {
  const answer = objectIn(text)
  if (answer["kind"] !== "ExecCredential") return "wrote no ExecCredential"
  if (answer["apiVersion"] !== apiVersion) return `answered in another version than ${apiVersion}`
  const status = Object(answer["status"])
  const untilMs = endOf(status["expirationTimestamp"])
  if (untilMs === null) return "gave a credential whose end is no time"
  const credential = credentialIn(status)
  return credential === null ? "answered without a credential" : { credential, untilMs }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** @returns `null` when it cannot be read. */
function endOf(timestamp: unknown): number | null {
  if (timestamp === undefined || timestamp === null) return Number.POSITIVE_INFINITY
  const ms = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

function credentialIn(status: Readonly<Record<string, unknown>>): ClusterCredential | null {
  const { token, clientCertificateData: certificate, clientKeyData: key } = status
  const byToken = typeof token === "string" && isToken(token) ? { token } : {}
  const byCertificate = typeof certificate === "string" && typeof key === "string" ? { certificate, key } : {}
  const credential = { ...byToken, ...byCertificate }
  return Object.keys(credential).length === 0 ? null : credential
}
