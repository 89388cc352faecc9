import type { AgentOptions } from "node:http"
import { proxyUnreached, type SocksCode, socksRefusal } from "../../core/network.ts"

/**
 * Connections through a SOCKS proxy. Names are left to the proxy, as kubectl does for `socks5://`: a private cluster
 * often has a name that only the other side knows.
 */
export async function socksAgent(proxy: string, pool: AgentOptions) {
  const { SocksProxyAgent } = await import("socks-proxy-agent")
  const agent = new SocksProxyAgent(proxy.replace(/^socks5:/i, "socks5h:"), pool)
  // The brackets of an IPv6 address are of the URL.
  agent.proxy.host = new URL(proxy).hostname.replace(/^\[|\]$/g, "")
  const connect = agent.connect.bind(agent)
  agent.connect = async (...request) => {
    try {
      return await connect(...request)
    } catch (error) {
      throw socksFailure(error)
    }
  }
  return agent
}

/** What the library says (socks 2.8, `ERRORS` and `Socks5Response`), which has no codes. */
const said: readonly (readonly [RegExp, SocksCode])[] = [
  [/ - NotAllowed$/, "PROXY_SOCKS_NOT_ALLOWED"],
  [/ - NetworkUnreachable$/, "PROXY_SOCKS_NETWORK"],
  [/ - HostUnreachable$/, "PROXY_SOCKS_HOST"],
  [/ - ConnectionRefused$/, "PROXY_SOCKS_REFUSED"],
  [/ - TTLExpired$/, "PROXY_SOCKS_LATE"],
  [/ - CommandNotSupported$/, "PROXY_SOCKS_COMMAND"],
  [/ - AddressNotSupported$/, "PROXY_SOCKS_ADDRESS"],
  [/rejected connection/, "PROXY_SOCKS_FAILED"],
  [/[Aa]uthentication/, "PROXY_SOCKS_LOGIN"],
  [/invalid/, "PROXY_SOCKS_FOREIGN"],
]

/** The library's error quotes the proxy's password in its members, so that it goes no further. */
function socksFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { message } = error
  const [system = ""] = /\bE[A-Z_]{3,}\b/.exec(message) ?? []
  if (message === "Socket closed") return proxyUnreached("ECONNRESET")
  if (message === "Proxy connection timed out") return proxyUnreached("ETIMEDOUT")
  const found = said.find(([words]) => words.test(message))
  return proxyUnreached(system) ?? socksRefusal(found?.[1] ?? "PROXY_SOCKS_UNREACHED")
}
