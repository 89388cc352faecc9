import type { AgentOptions, ClientRequest, Agent as HttpAgent, IncomingMessage } from "node:http"
import type { ConnectionOptions } from "node:tls"
import { proxyRefusal, throughProxy } from "../../core/network.ts"
import { proxyKind, unknownProxy } from "./address.ts"
import { socksAgent } from "./socks.ts"

/**
 * Connections with TLS through a proxy: an HTTP proxy by `CONNECT`, or a SOCKS proxy.
 *
 * @param tls what holds for the connection to the server, and not for one to the proxy.
 * @param what what is reached by it, for the error.
 * @throws EnvsealError `USAGE` for a kind of proxy that is not supported.
 */
export async function secureProxyAgent(
  proxy: string,
  tls: ConnectionOptions,
  what: string,
  pool: AgentOptions = {},
): Promise<HttpAgent> {
  const kind = proxyKind(proxy)
  if (kind === null) throw unknownProxy(what)
  const agent = kind === "socks" ? await socksAgent(proxy, pool) : await tunnelAgent(proxy, pool)
  Object.assign(agent.options, tls)
  return agent
}

/** Connections without TLS through a proxy. @throws EnvsealError as {@link secureProxyAgent} does. */
export async function plainProxyAgent(proxy: string, what: string): Promise<HttpAgent> {
  const kind = proxyKind(proxy)
  if (kind === null) throw unknownProxy(what)
  if (kind === "socks") return socksAgent(proxy, {})
  const { HttpProxyAgent } = await import("http-proxy-agent")
  const agent = new HttpProxyAgent(proxy)
  const connect = agent.connect.bind(agent)
  agent.connect = (...request) => throughProxy(connect(...request))
  return agent
}

async function tunnelAgent(proxy: string, pool: AgentOptions) {
  const { HttpsProxyAgent } = await import("https-proxy-agent")
  // What is given to its constructor is for the connection to the proxy.
  const agent = new HttpsProxyAgent(proxy, { ...pool, rejectUnauthorized: true })
  // It would hand on what the proxy says instead of connecting as if the server had said it.
  agent.on("proxyConnect", ({ statusCode = 0 }: IncomingMessage, request: ClientRequest) => {
    const refusal = proxyRefusal(statusCode)
    if (refusal !== null) request.destroy(refusal)
  })
  const connect = agent.connect.bind(agent)
  agent.connect = (...request) => throughProxy(connect(...request))
  return agent
}
