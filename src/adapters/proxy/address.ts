import { getProxyForUrl } from "proxy-from-env"
import { EnvsealError } from "../../core/error.ts"

/** How a proxy is spoken to. */
export type ProxyKind = "http" | "socks"

const kinds: Readonly<Record<string, ProxyKind>> = {
  "http:": "http",
  "https:": "http",
  "socks:": "socks",
  "socks4:": "socks",
  "socks4a:": "socks",
  "socks5:": "socks",
  "socks5h:": "socks",
}

/** @returns `null` for what is no URL of a proxy, or is of a kind that is not known. */
export function proxyKind(proxy: string): ProxyKind | null {
  if (!/^[a-z0-9]+:\/\/./i.test(proxy) || !URL.canParse(proxy)) return null
  const { protocol, hostname, username, password } = new URL(proxy)
  if (!isDecodable(username) || !isDecodable(password)) return null
  return hostname === "" || !Object.hasOwn(kinds, protocol) ? null : (kinds[protocol] ?? null)
}

/** Whether a login can be sent: a `%` that begins no escape makes the agents fail. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * The proxy that `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name for a URL, in lower case first.
 *
 * @returns `null` for none.
 */
export function environmentProxy(url: string): string | null {
  return getProxyForUrl(url) || null
}

/**
 * The error for a proxy of which {@link proxyKind} knows no kind. It does not quote it: the address of a proxy can
 * hold a password.
 *
 * @param what what the proxy is for, such as the URL of a server.
 */
export function unknownProxy(what: string): EnvsealError {
  return new EnvsealError("USAGE", `the proxy for ${what} is of a kind that envseal does not know`, {
    hint: "use one whose URL begins with http://, https:// or socks5://: in proxy-url of the kubeconfig, or in HTTPS_PROXY or ALL_PROXY; percent-encode its password",
  })
}
