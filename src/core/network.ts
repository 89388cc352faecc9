import { systemCode } from "./error.ts"

/** Codes of the system and of TLS for a certificate that nobody who is trusted has signed. */
const untrusted = [
  // As of a server that was made again under the same name.
  "CERT_SIGNATURE_FAILURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
]

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to its network",
  ENOTFOUND: "its name is not known to DNS",
  EAI_AGAIN: "DNS does not answer",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is made out to another name",
}

/** True when a code says that a certificate has no signature that is trusted here. */
export function isUntrusted(code: string): boolean {
  return untrusted.includes(code)
}

const proxyCode = "PROXY_ANSWERED_"

/**
 * A proxy's answer to `CONNECT` as an error of the network, with its HTTP status in the code; `null` for 200. Nobody
 * has proven who wrote it: to whom asks, it must never look like the server's answer.
 */
export function proxyRefusal(status: number): (Error & { readonly code: string }) | null {
  if (status === 200) return null
  return Object.assign(new Error(`the proxy answered ${status}`), { code: `${proxyCode}${status}` })
}

/** What a SOCKS proxy came to instead of connecting (RFC 1928, section 6; RFC 1929), by codes of ours. */
const socksAnswers = {
  PROXY_SOCKS_FAILED: { words: "the proxy failed to connect", passes: true },
  PROXY_SOCKS_NOT_ALLOWED: { words: "the proxy does not allow the connection", passes: false },
  PROXY_SOCKS_NETWORK: { words: "the proxy has no route to its network", passes: true },
  PROXY_SOCKS_HOST: { words: "the proxy does not find it", passes: true },
  PROXY_SOCKS_REFUSED: { words: "the proxy says: connection refused", passes: true },
  PROXY_SOCKS_LATE: { words: "the proxy got no answer in time", passes: true },
  PROXY_SOCKS_COMMAND: { words: "the proxy connects to nothing", passes: false },
  PROXY_SOCKS_ADDRESS: { words: "the proxy does not take such an address", passes: false },
  PROXY_SOCKS_LOGIN: { words: "the proxy refused the login", passes: false },
  PROXY_SOCKS_FOREIGN: { words: "the proxy does not speak SOCKS", passes: false },
  PROXY_SOCKS_UNREACHED: { words: "the proxy cannot be reached", passes: true },
} as const

export type SocksCode = keyof typeof socksAnswers

/** Why a SOCKS proxy did not connect, as an error of the network. */
export function socksRefusal(code: SocksCode): Error & { readonly code: SocksCode } {
  return Object.assign(new Error(socksAnswers[code].words), { code })
}

function isSocksCode(code: string | null): code is SocksCode {
  return code !== null && Object.hasOwn(socksAnswers, code)
}

const unreachedCode = "PROXY_UNREACHED_"

/**
 * A failure of the network on the way to the proxy, with a code that names the proxy.
 *
 * @returns `null` for a code that is none of the network.
 */
export function proxyUnreached(code: string, cause?: unknown): (Error & { readonly code: string }) | null {
  if (!Object.hasOwn(meanings, code)) return null
  const error = new Error("the proxy was not reached", cause === undefined ? {} : { cause })
  return Object.assign(error, { code: `${unreachedCode}${code}` })
}

/**
 * What connecting through a proxy comes to. Until that is done nobody but the proxy was asked, and a failure of the
 * network is its own.
 *
 * @throws what connecting throws, with a code that names the proxy where there is a code of the system.
 */
export async function throughProxy<T>(connecting: Promise<T>): Promise<T> {
  try {
    return await connecting
  } catch (cause) {
    throw proxyUnreached(systemCode(cause) ?? "", cause) ?? cause
  }
}

/**
 * Whether a proxy that did not connect may do so when it is asked again.
 *
 * @returns `null` for a code that is none of {@link proxyRefusal}, {@link socksRefusal} and {@link throughProxy}.
 */
export function mayProxyConnect(code: string | null): boolean | null {
  if (isSocksCode(code)) return socksAnswers[code].passes
  if (code?.startsWith(unreachedCode)) return true
  return code?.startsWith(proxyCode) ? code.startsWith(`${proxyCode}5`) : null
}

/**
 * What a code of the system or of TLS means, such as `connection refused` for `ECONNREFUSED`.
 *
 * @returns `null` for one that has no words here.
 */
export function networkWords(code: string): string | null {
  if (isUntrusted(code)) return "its certificate is not trusted"
  if (isSocksCode(code)) return socksAnswers[code].words
  if (code.startsWith(proxyCode)) return `the proxy answered ${code.slice(proxyCode.length)}`
  if (code.startsWith(unreachedCode)) {
    return `the proxy cannot be reached: ${networkWords(code.slice(unreachedCode.length))}`
  }
  return Object.hasOwn(meanings, code) ? (meanings[code] ?? null) : null
}
