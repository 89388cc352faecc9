import type { Agent as HttpAgent } from "node:http"
import { Agent } from "node:https"
import { type ConnectionOptions, checkServerIdentity } from "node:tls"
import type { ClusterAccess, ClusterCredential } from "../../ports/cluster.ts"
import { environmentProxy } from "../proxy/address.ts"
import { secureProxyAgent } from "../proxy/agent.ts"

/** Six watches, and what runs beside them. */
const maxSockets = 32

/**
 * Connections to the server that authenticate by the credential's certificate, through a proxy where the
 * kubeconfig names one, or else the environment does for what is not on this machine.
 *
 * @throws EnvsealError `USAGE` for a kind of proxy that is not supported.
 */
export async function makeAgent(access: ClusterAccess, credential: ClusterCredential): Promise<HttpAgent> {
  const tls = tlsOptions(access, credential)
  const proxy = proxyFor(access)
  const pool = { keepAlive: true, maxSockets }
  return proxy === null ? new Agent({ ...pool, ...tls }) : secureProxyAgent(proxy, tls, access.server, pool)
}

function tlsOptions(access: ClusterAccess, { certificate, key }: ClusterCredential): ConnectionOptions {
  const { ca, tlsServerName, insecure } = access
  const host = new URL(access.server).hostname.replace(/^\[|\]$/g, "")
  return {
    minVersion: "TLSv1.2",
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not make anyone who answers into the cluster.
    rejectUnauthorized: !insecure,
    // The proxy's agent does not say for whom it checks, and then an address is looked for as a name.
    checkServerIdentity: (_, certificate) => checkServerIdentity(tlsServerName ?? host, certificate),
    ...(ca === null ? {} : { ca }),
    ...(tlsServerName === null ? {} : { servername: tlsServerName }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  }
}

function proxyFor({ server, proxy }: ClusterAccess): string | null {
  const url = new URL(server)
  return proxy ?? (isLoopback(url.hostname) ? null : environmentProxy(url.href))
}

/** Whether a URL's host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
