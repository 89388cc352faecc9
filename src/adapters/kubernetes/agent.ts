import type { ClientRequest, IncomingMessage } from "node:http"
import { Agent } from "node:https"
import { type ConnectionOptions, checkServerIdentity } from "node:tls"
import { getProxyForUrl } from "proxy-from-env"
import { EnvsealError } from "../../core/error.ts"
import { proxyRefusal, throughProxy } from "../../core/network.ts"
import type { ClusterAccess, ClusterCredential } from "../../ports/cluster.ts"

/** Six watches, and what runs beside them. */
const maxSockets = 32

/**
 * Connections to the server that authenticate by the credential's certificate, through a proxy where the
 * kubeconfig names one, or else the environment does for what is not on this machine.
 *
 * @throws EnvsealError `USAGE` for a kind of proxy that is not supported.
 */
export async function makeAgent(access: ClusterAccess, credential: ClusterCredential): Promise<Agent> {
  const tls = tlsOptions(access, credential)
  const proxy = proxyFor(access)
  if (proxy === null) return new Agent({ keepAlive: true, maxSockets, ...tls })
  const { HttpsProxyAgent } = await import("https-proxy-agent")
  // What is given to its constructor is for the connection to the proxy.
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true, maxSockets, rejectUnauthorized: true })
  Object.assign(agent.options, tls)
  // It would hand on what the proxy says instead of connecting as if the server had said it.
  agent.on("proxyConnect", ({ statusCode = 0 }: IncomingMessage, request: ClientRequest) => {
    const refusal = proxyRefusal(statusCode)
    if (refusal !== null) request.destroy(refusal)
  })
  const connect = agent.connect.bind(agent)
  agent.connect = (...request) => throughProxy(connect(...request))
  return agent
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

function proxyFor(access: ClusterAccess): string | null {
  const url = new URL(access.server)
  const proxy = access.proxy ?? (isLoopback(url.hostname) ? "" : getProxyForUrl(url.href))
  if (proxy === "") return null
  if (URL.canParse(proxy) && /^https?:\/\//i.test(proxy)) return proxy
  // Not quoted: the address of a proxy can hold a password.
  throw new EnvsealError("USAGE", `the proxy for ${access.server} is of a kind that envseal does not know`, {
    hint: "use one whose URL begins with http:// or https://: in proxy-url of the kubeconfig, or in HTTPS_PROXY",
  })
}

/** Whether a URL's host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
